"""The best plain filter for a pair: what a model has to beat, and a probe of what the box does."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal
from scipy.linalg import solve_toeplitz

from ..note import Samples

Signal = NDArray[np.float64]

TAPS = 512
REGULARISATION = 1e-6


@dataclass(frozen=True)
class LinearFilter:
    """Taps of a filter that looks `TAPS` / 2 samples ahead, half of it before the present."""

    taps: Signal

    def __call__(self, dry: Samples) -> Signal:
        """The dry sound [samples] filtered, aligned, equally long."""
        whole: Signal = signal.fftconvolve(dry.astype(np.float64), self.taps)
        return whole[TAPS // 2 : TAPS // 2 + len(dry)]


def fit_filter(dry: Samples, wet: Samples) -> LinearFilter:
    """The filter with the least squared error between its output and `wet` (Wiener 1949)."""
    x = dry.astype(np.float64)
    late = np.concatenate([np.zeros(TAPS // 2), wet[: len(wet) - TAPS // 2].astype(np.float64)])
    lags = slice(len(x) - 1, len(x) - 1 + TAPS)
    own = signal.correlate(x, x, method="fft")[lags]
    cross = signal.correlate(late, x, method="fft")[lags]
    own[0] *= 1 + REGULARISATION
    return LinearFilter(np.asarray(solve_toeplitz(own, cross)))


def esr_db(played: Signal | Samples, wet: Samples) -> float:
    """Error-to-signal ratio of a sound in dB."""
    error = float(np.square(played - wet, dtype=np.float64).sum())
    power = float(np.square(wet, dtype=np.float64).sum())
    return 10 * math.log10(max(error, 1e-30) / power)
