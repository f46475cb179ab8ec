"""Loudness after EBU R 128: ITU-R BS.1770, integrated and gated."""

from __future__ import annotations

import numpy as np
import pyloudnorm
from numpy.typing import NDArray

MAX_PEAK = 0.98  # linear; a track that would be louder is aligned to less


def loudness_lufs(audio: NDArray[np.floating], sample_rate_hz: int) -> float:
    """Integrated loudness of `audio` [channels, samples], at least 0.4 s; −∞ for silence."""
    meter = pyloudnorm.Meter(sample_rate_hz)
    with np.errstate(divide="ignore"):
        return float(meter.integrated_loudness(audio.T.astype(np.float64)))


def aligning_gain_db(audio: NDArray[np.floating], sample_rate_hz: int, target_lufs: float) -> float:
    """Gain to a loudness, less where peaks would leave full scale; `audio` must not be silent."""
    wanted = target_lufs - loudness_lufs(audio, sample_rate_hz)
    room = 20 * np.log10(MAX_PEAK / float(np.abs(audio).max()))
    return float(min(wanted, room))
