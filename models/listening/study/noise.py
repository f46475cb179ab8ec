"""Pink noise for the calibration of the level, and between tracks; it can be played in a loop."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..mastering import pink_noise
from ..recordings import SAMPLE_RATE_HZ
from .flac import Sound, write_sound
from .loudness import aligning_gain_db
from .render import AUDIO

NOISE_S = 10.0


def write_noise(
    folder: Path, seed: int, target_lufs: float, bits: int, sample_rate_hz: int = SAMPLE_RATE_HZ
) -> Sound:
    """Ten seconds, mono, as loud as the tracks. Its spectrum is periodic: the loop has no seam."""
    rng = np.random.default_rng([seed, 12])
    noise = pink_noise((1, round(NOISE_S * sample_rate_hz)), sample_rate_hz, rng) * 0.05
    gain_db = aligning_gain_db(noise, sample_rate_hz, target_lufs)
    aligned = np.asarray(noise * 10 ** (gain_db / 20), np.float32)
    return write_sound(aligned, folder, f"{AUDIO}/noise.flac", bits, 0.0, sample_rate_hz)
