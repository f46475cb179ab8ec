"""The simplest models of a box: a filter, and a filter with a curve after it.

They are what a trained model has to beat, and a probe of what the box does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal
from scipy.linalg import solve_toeplitz

from ....plugin_core.samples import Samples

Signal = NDArray[np.float64]

TAPS = 512
REGULARISATION = 1e-6
STEPS = 200


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


@dataclass(frozen=True)
class Curve:
    """A memoryless curve, straight between its points."""

    inputs: Signal
    outputs: Signal

    def __call__(self, audio: Signal) -> Signal:
        """Each sample by itself; beyond the last points the curve is flat."""
        return np.interp(audio, self.inputs, self.outputs)


def fit_curve(audio: Signal, wet: Samples) -> Curve:
    """The curve through the mean of `wet` in each of 200 steps of the input."""
    limit = float(np.abs(audio).max()) or 1.0
    step = np.clip(((audio / limit + 1) * STEPS / 2).astype(int), 0, STEPS - 1)
    count = np.bincount(step, minlength=STEPS)
    filled = count > 0
    inputs, outputs = (
        np.bincount(step, values, STEPS)[filled] / count[filled] for values in (audio, wet)
    )
    return Curve(inputs, outputs)


def esr_db(played: Signal | Samples, wet: Samples) -> float:
    """Error-to-signal ratio of a sound in dB."""
    error = float(np.square(played - wet, dtype=np.float64).sum())
    power = float(np.square(wet, dtype=np.float64).sum())
    return 10 * math.log10(max(error, 1e-30) / power)
