"""Noise and colour for made-up mixes, so that they differ as productions do.

A colour is a few bell filters, an octave wide and more: too wide to be resonances.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .resonances import Preset, add, draw

COLOUR = Preset((2, 4), (60, 12_000), (0.3, 0.8), (-9, 9))
MIN_NOISE_HZ = 20.0
Mix = NDArray[np.float64]


def mastered(
    music: Mix, noise_db: tuple[float, float], sample_rate_hz: int, rng: np.random.Generator
) -> Mix:
    """`music` [2, samples] on a bed of pink noise, coloured; `noise_db` relative to the music."""
    bed = pink_noise(music.shape, sample_rate_hz, rng)
    mix = music + bed * np.std(music) * 10 ** (rng.uniform(*noise_db) / 20)
    return np.asarray(add(mix, draw(COLOUR, rng), sample_rate_hz), np.float64)


def pink_noise(shape: tuple[int, ...], sample_rate_hz: int, rng: np.random.Generator) -> Mix:
    """Noise of RMS 1 whose power falls by 3 dB an octave."""
    spectrum = np.fft.rfft(rng.standard_normal(shape))
    hz = np.fft.rfftfreq(shape[-1], 1 / sample_rate_hz)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(hz, MIN_NOISE_HZ)), shape[-1])
    return np.asarray(noise / np.std(noise))
