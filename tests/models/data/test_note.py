from pathlib import Path

import numpy as np
import pytest
from pedalboard.io import WriteableAudioFile
from tonecast.models.data.note import Source, is_silent, load, read_mono


def write(path: Path, audio: np.ndarray, rate_hz: int = 32_000) -> Path:
    audio = np.atleast_2d(audio).astype(np.float32)
    with WriteableAudioFile(str(path), rate_hz, len(audio), 16) as file:
        file.write(audio)
    return path


def sine(seconds: float, rate_hz: int) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate_hz)) / rate_hz)


def test_files_become_mono_at_the_models_rate(tmp_path: Path) -> None:
    left = sine(1.0, 32_000)
    path = write(tmp_path / "a.wav", np.stack([left, 0 * left]))
    audio = read_mono(path, 16_000, longest_s=0.5)
    assert audio.dtype == np.float32
    assert audio.shape == (8000,)
    np.testing.assert_allclose(audio[500:-500], 0.5 * sine(0.5, 16_000)[500:-500], atol=2e-3)


def test_pairs_are_cut_to_the_shorter(tmp_path: Path) -> None:
    dry, wet = (
        write(tmp_path / f"{name}.wav", sine(seconds, 32_000))
        for name, seconds in (("dry", 1.0), ("wet", 0.98))
    )
    note = load(Source(dry, "x", wet=wet), 16_000, 4.0)
    assert note.wet is not None
    assert len(note.dry) == len(note.wet) == round(0.98 * 16_000)


def test_file_that_does_not_match_or_play_is_named(tmp_path: Path) -> None:
    dry = write(tmp_path / "dry.wav", sine(1.0, 32_000))
    wet = write(tmp_path / "wet.wav", sine(0.5, 32_000))
    with pytest.raises(ValueError, match=r"dry.wav has 1.00 s and .*wet.wav 0.50 s"):
        load(Source(dry, "x", wet=wet), 16_000, 4.0)
    text = tmp_path / "text.wav"
    text.write_text("hello")
    with pytest.raises(ValueError, match=r"text.wav is not audio that can be read"):
        read_mono(text, 16_000, 4.0)
    with pytest.raises(ValueError, match=r"none.wav: there is no such file"):
        read_mono(tmp_path / "none.wav", 16_000, 4.0)
    empty = write(tmp_path / "empty.wav", np.zeros((1, 0)))
    with pytest.raises(ValueError, match=r"empty.wav holds no sound"):
        read_mono(empty, 16_000, 4.0)


def test_silence_is_told_from_quiet_notes(tmp_path: Path) -> None:
    quiet = write(tmp_path / "quiet.wav", 0.001 * sine(0.2, 32_000))
    silent = write(tmp_path / "silent.wav", 0 * sine(0.2, 32_000))
    assert not is_silent(load(Source(quiet, "x"), 16_000, 1.0))
    assert is_silent(load(Source(silent, "x"), 16_000, 1.0))
