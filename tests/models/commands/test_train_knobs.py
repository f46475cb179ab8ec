"""`tonecast train --pairs --name`: recordings at several settings become an effect with knobs."""

import signal
import sys
from pathlib import Path

import numpy as np
import pytest
import tonecast
from pedalboard.io import WriteableAudioFile
from tonecast.models.data.synthetic import synthetic_notes
from tonecast.plugin_core import cli

RATE_HZ = 8000
TRAIN = ("train", "--pairs", "box.csv", "--name", "my-box", "--minutes", "0.05")


def write(path: Path, audio: np.ndarray, rate_hz: int = RATE_HZ) -> None:
    with WriteableAudioFile(str(path), rate_hz, 1, 24) as file:
        file.write(audio[None].astype(np.float32))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a box whose drive goes from 0 to 20 dB."""
    monkeypatch.chdir(tmp_path)
    notes = synthetic_notes(RATE_HZ, 0.3, seed=1)
    order = np.random.default_rng(1).permutation(len(notes))[:20]
    playing = np.concatenate([notes[k].dry for k in order])
    write(tmp_path / "dry.wav", playing)
    for drive_db in (0, 10, 20):
        write(tmp_path / f"{drive_db}.wav", 0.5 * np.tanh(10 ** (drive_db / 20) * playing))
    lines = [f"dry.wav,{drive_db}.wav,{drive_db}" for drive_db in (0, 10, 20)]
    (tmp_path / "box.csv").write_text("\n".join(["dry,wet,drive_db", *lines]))
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["tonecast", *map(str, arguments)])
    handler = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    signal.signal(signal.SIGTERM, handler)
    return exit_.value.code if isinstance(exit_.value.code, int) else 0


@pytest.mark.filterwarnings("ignore:.*was trained on:RuntimeWarning")  # it has learned little
@pytest.mark.parametrize("family", ["wavenet", "recurrent"])
def test_a_table_of_pairs_becomes_an_effect_with_knobs(
    family: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, *TRAIN, "--family", family, "--input-dbu", 4) == 0
    shown = capsys.readouterr()
    assert shown.out.split() == ["training/my-box.onnx", "training/my-box/report.md"]
    assert "ESR at the setting held out: at most" in " ".join(shown.err.split())

    effect = tonecast.Effect(folder / "training" / "my-box.onnx")
    (knob,) = effect.controls.values()
    assert (knob.name, knob.label, knob.unit) == ("drive_db", "Drive", "dB")
    assert (knob.minimum, knob.default, knob.maximum) == (0, 10, 20)
    assert effect.contract.architecture is not None
    assert effect.contract.architecture.name == family
    assert "box.csv and its 3 pairs (SHA-256 " in effect.contract.provenance.data
    assert effect.contract.capture is not None
    assert effect.contract.capture.input_level_dbu == 4
    assert tonecast.verify(folder / "training" / "my-box.onnx").passed

    page = (folder / "training" / "my-box" / "report.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith(("| 0 |", "| 10 |", "| 20 |"))]
    assert [("held out" in row, "trained on" in row) for row in rows] == [
        (False, True),
        (True, False),
        (False, True),
    ]
    assert sorted(path.name for path in (folder / "training" / "my-box").iterdir()) == [
        "curves.png",
        "difference.wav",
        "dry.wav",
        "output.wav",
        "report.md",
        "spectrograms.png",
        "target.wav",
    ]
    assert run(monkeypatch, *TRAIN) == 2
    assert "training/my-box is there already; give another --name" in capsys.readouterr().err


def test_pairs_of_different_rates_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = np.repeat(np.random.default_rng(1).uniform(-0.5, 0.5, 4 * RATE_HZ), 2)
    for name in ("dry-16k", "20"):
        write(folder / f"{name}.wav", sound if name != "20" else np.tanh(sound), 2 * RATE_HZ)
    text = (folder / "box.csv").read_text()
    (folder / "box.csv").write_text(text.replace("dry.wav,20.wav", "dry-16k.wav,20.wav"))
    assert run(monkeypatch, *TRAIN) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "0.wav is learned at 8000 Hz and 20.wav at 16000 Hz; export all recordings at" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--pairs", "box.csv"], "--name must be given as well: --pairs BOX.csv --name my-device"),
        ([*TRAIN[1:], "--dry", "dry.wav"], "--dry does not go with --pairs"),
        ([*TRAIN[1:], "--max-cpu", "3%"], "--max-cpu does not go with --pairs"),
        ([*TRAIN[1:], "--live"], "--live does not go with --pairs"),
        ([*TRAIN[1:], "--family", "linear"], "a linear has no knobs; leave --family out, or give"),
        (["eq-lowshelf", *TRAIN[1:]], "give either CONFIG or --pairs, --name, not both"),
    ],
)
def test_options_that_do_not_go_together(
    arguments: list[str],
    says: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, "train", *arguments) == 2
    assert says in " ".join(capsys.readouterr().err.split())
