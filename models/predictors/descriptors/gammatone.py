"""Gammatone filters: those of the GFCC (Slaney, Apple technical report 35, 1993)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .frames import FRAME_SAMPLES, SAMPLE_RATE_HZ
from .spectrum import N_BINS

N_BANDS = 40
MIN_HZ = 40.0
MAX_HZ = SAMPLE_RATE_HZ / 2
# Bandwidths of hearing after Glasberg and Moore (1990): f / EAR_Q + NARROWEST_HZ.
EAR_Q = 9.26449
NARROWEST_HZ = 24.7
ORDER = 4


def gammatone_filters() -> NDArray[np.float64]:
    """Weights [40, 1025] of powers, lowest band first: magnitudes of the filters' responses.

    Where Slaney's filter has a pole and its conjugate, Essentia takes the pole twice, which makes
    the bands narrower and louder. We follow it, so that the two can be compared.
    """
    step = EAR_Q * NARROWEST_HZ
    share = np.arange(N_BANDS, 0, -1)[:, None] / N_BANDS
    centre_hz = (MAX_HZ + step) * ((MIN_HZ + step) / (MAX_HZ + step)) ** share - step
    bandwidth = 1.019 * 2 * np.pi * (centre_hz / EAR_Q + NARROWEST_HZ) / SAMPLE_RATE_HZ
    phase = 2 * np.pi * centre_hz / SAMPLE_RATE_HZ

    decay = np.exp(-bandwidth)
    roots = np.sqrt([3 + 2**1.5, 3 - 2**1.5])
    tilts = np.concatenate([roots, -roots])  # the four zeros of the filter, side by side
    zeros = decay * (np.cos(phase) + tilts * np.sin(phase))

    # Response at the centre, with both poles: 1 once divided by it.
    turn = np.exp(1j * phase)
    poles = (1 - decay / turn * turn) * (1 - decay / turn / turn)
    gain = np.abs(np.prod(1 - zeros / turn, axis=1, keepdims=True) / poles**ORDER)

    circle = np.exp(2j * np.pi * np.arange(N_BINS) / FRAME_SAMPLES)
    distance = np.prod(np.abs(circle - zeros[:, :, None]), axis=1)
    weights: NDArray[np.float64] = distance / np.abs(circle - decay * turn) ** (2 * ORDER) / gain
    return weights
