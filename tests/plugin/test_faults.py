"""A damaged installation: the plugin loads, passes sound dry, and says why."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tonecast import Effect
from tonecast.plugin_core.effect_files.catalog import find_effect

RATE_HZ = 48000

# In a process of its own: in this one ONNX Runtime is loaded already.
PLAY = """
import sys
import numpy as np
from pedalboard import VST3Plugin
from tonecast.plugin_core.plugin_hosting.juce_state import block, with_component, xml_of
plugin = VST3Plugin(sys.argv[1])
for file in sys.argv[4:]:
    plugin.effect = "user file"
    xml = xml_of(plugin.raw_state).replace("<Tonecast ", f'<Tonecast file="{{file}}" ')
    plugin.raw_state = with_component(plugin.raw_state, block(xml))
audio = np.load(sys.argv[2])
np.save(sys.argv[3], plugin(audio, {rate_hz}))
"""


@pytest.fixture
def bundle(vst3: str, tmp_path: Path) -> Path:
    """A bundle of its own to damage: the binary is a copy, because it finds the rest beside it."""
    copy = tmp_path / "Tonecast.vst3"
    for file in sorted(Path(vst3).rglob("*")):
        if file.is_file():
            place = copy / file.relative_to(vst3)
            place.parent.mkdir(parents=True, exist_ok=True)
            os.link(file, place)
    return copy


@pytest.fixture
def play(bundle, tmp_path):
    def play_(
        audio: np.ndarray, file: Path | None = None, **environment: str
    ) -> tuple[np.ndarray, str]:
        np.save(tmp_path / "in.npy", audio)
        command = [sys.executable, "-c", PLAY.format(rate_hz=RATE_HZ), bundle]
        done = subprocess.run(
            [*command, tmp_path / "in.npy", tmp_path / "out.npy", *([file] if file else [])],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return np.load(tmp_path / "out.npy"), done.stderr

    return play_


def test_whole_bundle_plays_from_anywhere_without_a_display(play, noise, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    audio = noise(2, 20_000)
    played, said = play(audio)
    np.testing.assert_array_equal(played, Effect("resonance-eq")(audio, RATE_HZ))
    assert said == ""


def test_bundle_without_onnxruntime_plays_dry(play, bundle, noise):
    (library,) = bundle.rglob("libonnxruntime.so")
    library.unlink()
    audio = noise(2, 20_000)
    played, said = play(audio)
    np.testing.assert_array_equal(played, audio)
    assert "libonnxruntime.so: there is no ONNX Runtime library here" in said


def test_bundle_with_another_library_for_onnxruntime_plays_dry(play, bundle, noise):
    (library,) = bundle.rglob("libonnxruntime.so")
    library.unlink()
    library.write_bytes(b"\x7fELF, but nothing else")
    audio = noise(2, 20_000)
    played, said = play(audio)
    np.testing.assert_array_equal(played, audio)
    assert "libonnxruntime.so: it cannot be loaded as ONNX Runtime" in said


def test_bundle_without_effects_plays_dry(play, bundle, noise):
    for effect in bundle.rglob("*.onnx"):
        effect.unlink()
    audio = noise(2, 20_000)
    played, said = play(audio)
    np.testing.assert_array_equal(played, audio)
    assert "there are no effects here, reinstall the plugin" in said


def test_bundle_with_a_broken_effect_plays_the_others(play, bundle, noise):
    (effect,) = bundle.rglob("highpass.onnx")
    effect.unlink()
    effect.write_bytes(b"no model")
    audio = noise(2, 20_000)
    played, said = play(audio)
    np.testing.assert_array_equal(played, Effect("resonance-eq")(audio, RATE_HZ))
    assert "highpass.onnx" in said


@pytest.fixture
def lowpass_file() -> Path:
    """An effect file that is none of the bundle's."""
    (file,) = find_effect("lowpass").files.values()
    return file


def test_file_of_the_users_is_tried_out_by_a_program_of_the_bundle(
    play, bundle, noise, lowpass_file, tmp_path
):
    (trial,) = bundle.rglob("tonecast-trial")
    log = tmp_path / "log"
    real = trial.rename(trial.with_name("real"))
    trial.write_text(f'#!/bin/sh\necho "$2" >> "{log}"\nexec "{real}" "$@"\n')
    trial.chmod(0o755)
    audio = noise(2, 20_000)
    played, _ = play(audio, lowpass_file)
    np.testing.assert_array_equal(played, Effect("lowpass")(audio, RATE_HZ))
    assert log.read_text() == f"{lowpass_file}\n"  # once, however often it is read


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("kill -SEGV $$", "it ends the process that plays it (Segmentation fault)"),
        ("echo refused: no good", "lowpass.onnx: no good"),
        (None, "tonecast-trial: the program that tries out effect files is missing"),
    ],
)
def test_file_that_ends_that_program_is_not_opened(
    play, bundle, noise, lowpass_file, program, said
):
    (trial,) = bundle.rglob("tonecast-trial")
    trial.unlink()
    if program is not None:
        trial.write_text(f"#!/bin/sh\n{program}\n")
        trial.chmod(0o755)
    audio = noise(2, 20_000)
    played, complaint = play(audio, lowpass_file)
    np.testing.assert_array_equal(played, audio)
    assert said in complaint


def test_home_that_cannot_be_written_stays_empty(play, noise, tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    audio = noise(1, 20_000)
    played, _ = play(audio, HOME=str(home), XDG_CONFIG_HOME=str(home / "none"))
    np.testing.assert_array_equal(played, Effect("resonance-eq")(audio, RATE_HZ))
    assert list(home.iterdir()) == []
