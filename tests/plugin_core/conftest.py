from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pedalboard.io import ReadableAudioFile, WriteableAudioFile
from tonecast import Effect

Samples = NDArray[np.float32]


@pytest.fixture
def noise() -> Callable[..., Samples]:
    def make(channels: int, samples: int, seed: int = 1) -> Samples:
        rng = np.random.default_rng(seed)
        return (0.1 * rng.standard_normal((channels, samples))).astype(np.float32)

    return make


@pytest.fixture
def write_audio() -> Callable[..., Path]:
    def write(path: Path, audio: Samples, sample_rate_hz: int = 48000, bit_depth: int = 16) -> Path:
        channels = audio.shape[0]
        with WriteableAudioFile(str(path), sample_rate_hz, channels, bit_depth) as file:
            file.write(audio)
        return path

    return write


@pytest.fixture
def read_audio() -> Callable[[Path], Samples]:
    def read(path: Path) -> Samples:
        with ReadableAudioFile(str(path)) as file:
            return file.read(file.frames)

    return read


@pytest.fixture
def effect() -> Effect:
    """The resonance equalizer at full strength, so that it cannot be mistaken for dry."""
    return Effect("resonance-eq", attenuation=1.0)
