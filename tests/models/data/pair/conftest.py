from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pedalboard.io import WriteableAudioFile
from tonecast.plugin_core.synthesizer import pluck

Samples = NDArray[np.float32]
RATE_HZ = 16_000


def phrase(seed: int, seconds: float = 6.0) -> Samples:
    """Plucked notes of a scale at all levels, ten a second at first, then fewer [samples]."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(round(seconds * RATE_HZ))
    at = 0.1
    while at < seconds - 0.3:
        pitch_hz = 110 * 2 ** (rng.choice([0, 2, 4, 7, 9, 12, 14, 16, 19]) / 12)
        note = pluck(pitch_hz, min(1.5, seconds - at), RATE_HZ, rng)
        start = round(at * RATE_HZ)
        note = note[: len(sound) - start]
        sound[start : start + len(note)] += 10 ** (rng.uniform(-25, -6) / 20) * note
        at += rng.uniform(0.1, 0.4)
    return (0.8 * sound / np.abs(sound).max()).astype(np.float32)


@pytest.fixture(scope="session")
def performance() -> Samples:
    """Six seconds of synthesised playing at 16 kHz [samples]."""
    return phrase(seed=1)


@pytest.fixture(scope="session")
def another_performance() -> Samples:
    """The same instrument and scale, other notes."""
    return phrase(seed=2)


@pytest.fixture(scope="session")
def long_performance() -> Samples:
    """The same for forty seconds."""
    return phrase(seed=3, seconds=40.0)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write_file(name: str, audio: Samples, rate_hz: int = RATE_HZ, bits: int = 24) -> Path:
        planar = np.atleast_2d(audio).astype(np.float32)
        path = tmp_path / name
        with WriteableAudioFile(str(path), rate_hz, len(planar), bits) as file:
            file.write(planar)
        return path

    return write_file
