"""`tonecast train --live`: what has been learned so far, through a real JACK server."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from live_player import RATE_HZ, TONECAST, Server
from pedalboard.io import WriteableAudioFile
from system_packages import needs
from tonecast.plugin_core.synthesizer import pluck

pytest.importorskip("torch")


@pytest.fixture
def pair(tmp_path: Path) -> list[str]:
    """A recording of a guitar that is no guitar, and what a box makes of it."""
    rng = np.random.default_rng(5)
    notes = [pluck(110 * 2 ** (k / 12), 0.25, RATE_HZ, rng) for k in rng.integers(0, 24, 20)]
    dry = 0.8 * np.concatenate(notes) / max(float(np.abs(note).max()) for note in notes)
    for name, sound in (("dry", dry), ("wet", np.tanh(4 * dry))):
        with WriteableAudioFile(str(tmp_path / f"{name}.wav"), RATE_HZ, 1, 24) as file:
            file.write(sound.astype(np.float32)[np.newaxis])
    return ["--dry", str(tmp_path / "dry.wav"), "--wet", str(tmp_path / "wet.wav")]


def train(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [TONECAST, "train", *arguments, "--name", "box", "--family", "shaper", "--live"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@needs("jackd", "jack_wait", "libjack", "libportaudio")
def test_better_weights_are_heard_while_more_is_learned(
    jack: Server, pair: list[str], tmp_path: Path
) -> None:
    done = train(*pair, "--minutes", "0.02", "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    said = re.search(r"Heard live: (\d+) versions", done.stderr)
    assert said is not None
    assert int(said.group(1)) > 1
    assert (tmp_path / "out" / "box.onnx").exists()


@needs("libportaudio")
def test_no_device_is_said_before_anything_is_learned(pair: list[str], tmp_path: Path) -> None:
    done = train(*pair, "--audio-device", "none of that name", "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "audio device" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
