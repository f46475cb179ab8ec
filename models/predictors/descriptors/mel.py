"""Triangular filters over the mel scale, as in the HTK Book: those of the MFCC."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .spectrum import BIN_HZ, N_BINS

N_BANDS = 40
MAX_HZ = 11_000.0


def mel_filters() -> NDArray[np.float64]:
    """Weights [40, 1025] of powers, from 0 to 11 kHz, each row with sum 1.

    The triangles are straight over mel, not over Hz.
    """
    corner_mel = np.linspace(0, float(_mel(np.full(1, MAX_HZ))[0]), N_BANDS + 2)
    bin_mel = _mel(np.arange(N_BINS, dtype=np.float64) * BIN_HZ)
    lower, centre, upper = (corner_mel[i : i + N_BANDS, None] for i in range(3))
    rising = (bin_mel - lower) / (centre - lower)
    falling = (upper - bin_mel) / (upper - centre)
    weights = np.clip(np.minimum(rising, falling), 0, None)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _mel(frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(2595 * np.log10(1 + frequency_hz / 700))
