"""The filter of a device whose gain over time is known, by least squares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, toeplitz

from ....plugin_core.samples import Samples
from ...data.pair.baselines import Signal, correlation
from ...data.pair.fir import BETTER, REGULARISATION, filtered

FEW_TAPS = 100


def fit_gained_fir(
    dry: Samples,
    wet: Samples,
    gain: Samples,
    counts: NDArray[np.bool_],
    begin: Signal,
    refinements: int,
) -> Signal:
    """Taps h [taps] with the least Σ (wet − gain · (h ∗ dry))² over the samples that count.

    All sounds are [samples]. As of `fit_fir`, whose matrix the normal equations have as nearly as
    the gain stands still for the length of the filter; each refinement takes away the error of
    that. They go on from `begin`.
    """
    heard = np.where(counts, gain * dry, np.float32(0))
    own = _correlation(heard, heard, len(begin))
    own[0] *= 1 + REGULARISATION
    solve = cho_factor(toeplitz(own))

    def error_of(taps: Signal) -> Signal:
        return np.where(counts, wet - gain * filtered(dry, taps), 0)

    found, error = begin, error_of(begin)
    power = float(np.square(error).sum())
    for _ in range(refinements):
        better = found + cho_solve(solve, _correlation(dry, gain * error, len(begin)))
        next_error = error_of(better)
        next_power = float(np.square(next_error).sum())
        if not next_power < power:
            break
        found, error = better, next_error
        if next_power > BETTER * power:
            break
        power = next_power
    return found


def _correlation(first: Samples, second: Samples | Signal, lags: int) -> Signal:
    """As `correlation`; of few lags directly, which takes a third of the time."""
    if lags > FEW_TAPS:
        return correlation(first, second, lags)
    one, other = first.astype(np.float64), second.astype(np.float64)
    return np.array([one[: len(one) - lag] @ other[lag:] for lag in range(lags)])
