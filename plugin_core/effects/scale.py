"""Samples on another scale than ±1: integers that were turned into floats without dividing them."""

from __future__ import annotations

import numpy as np

from .arrays import Audio

LOUDEST = 128.0  # 42 dB over full scale: no sound, but integers may be above
LARGEST = 1e15  # beyond it the engine plays silence, and that is told by itself
INTEGER_BITS = (16, 24, 32)


def peak_of(audio: Audio) -> float:
    """The largest magnitude that can be played, linear; 0 of nothing."""
    if audio.size == 0:
        return 0.0
    peak = max(float(audio.max()), -float(audio.min()))
    if peak <= LARGEST:  # not Inf or NaN either
        return peak
    magnitudes = np.abs(audio)
    return float(magnitudes[magnitudes <= LARGEST].max(initial=0.0))


def scale_note(peak: float) -> str:
    """What scale samples with this peak seem to have, and what to do; empty if it may be ±1."""
    if peak <= LOUDEST:
        return ""
    found = f"the samples reach {peak:.6g}, where full scale is 1"
    for bits in INTEGER_BITS:
        full_scale = 2 ** (bits - 1)
        if peak <= full_scale:
            return f"{found}: they look like {bits}-bit integers; divide them by {full_scale}"
    return f"{found}; divide them by their full scale"
