"""Baselines: a linear filter, and a linear filter with a memoryless curve after it.

A trained model has to be better than they are; how well they fit tells the type of the device.
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
BLOCK_SAMPLES = 1 << 18


@dataclass(frozen=True)
class LinearFilter:
    """Taps [TAPS] of a non-causal filter, centred: it looks `TAPS` / 2 samples ahead."""

    taps: Signal

    def __call__(self, dry: Samples) -> Signal:
        """The dry sound [samples] filtered: aligned, [samples]."""
        whole: Signal = signal.oaconvolve(dry.astype(np.float64), self.taps)
        return whole[TAPS // 2 : TAPS // 2 + len(dry)]


def fit_filter(dry: Samples, wet: Samples) -> LinearFilter:
    """The filter with the least squared error between its output and `wet` (Wiener 1949).

    Both sounds are [samples].
    """
    late = np.concatenate([np.zeros(TAPS // 2, wet.dtype), wet[: len(wet) - TAPS // 2]])
    own, cross = correlation(dry, dry, TAPS), correlation(dry, late, TAPS)
    own[0] *= 1 + REGULARISATION
    return LinearFilter(np.asarray(solve_toeplitz(own, cross)))


def correlation(first: Samples, second: Samples | Signal, lags: int) -> Signal:
    """Sums of `first`[n] `second`[n + k] for k < `lags`, block by block for memory's sake."""
    total = np.zeros(lags)
    for begin in range(0, len(first), BLOCK_SAMPLES):
        block = first[begin : begin + BLOCK_SAMPLES].astype(np.float64)
        other = second[begin : begin + BLOCK_SAMPLES + lags].astype(np.float64)
        other = np.pad(other, (0, max(0, len(block) + lags - len(other))))
        total += signal.correlate(other, block, "valid", "fft")[:lags]
    return total


@dataclass(frozen=True)
class Curve:
    """A memoryless curve, linear between its points [points]."""

    inputs: Signal
    outputs: Signal

    def __call__(self, audio: Signal) -> Signal:
        """`audio` [samples] through the curve, which is constant beyond its last points."""
        return np.interp(audio, self.inputs, self.outputs)


def fit_curve(audio: Signal, wet: Samples) -> Curve:
    """The curve through the mean of `wet` in each of 200 steps of the input; both [samples]."""
    limit = float(np.abs(audio).max()) or 1.0
    step = np.clip(((audio / limit + 1) * STEPS / 2).astype(int), 0, STEPS - 1)
    count = np.bincount(step, minlength=STEPS)
    filled = count > 0
    inputs, outputs = (
        np.bincount(step, values, STEPS)[filled] / count[filled] for values in (audio, wet)
    )
    return Curve(inputs, outputs)


def esr_db(played: Signal | Samples, wet: Samples) -> float:
    """Error-to-signal ratio in dB of a sound against `wet`; both [samples]."""
    error = float(np.square(played - wet, dtype=np.float64).sum())
    power = float(np.square(wet, dtype=np.float64).sum())
    return 10 * math.log10(max(error, 1e-30) / power)
