"""The causal filter that explains a wet sound best, by least squares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import signal
from scipy.linalg import cho_factor, cho_solve, toeplitz

from ....plugin_core.samples import Samples
from .baselines import Signal, correlation

REGULARISATION = 1e-8
REFINEMENTS = 6
BETTER = 0.9  # the error of one refinement relative to that before: less is not worth more


def fit_fir(dry: Samples, wet: Samples, spans: Sequence[tuple[int, int]], taps: int) -> Signal:
    """Taps [taps] of the filter of the whole dry sound with the least squared error in `spans`.

    Both sounds are [samples]. The normal equations of the spans are solved with the Toeplitz matrix
    of the sound's correlation, which leaves an error at their ends, until that is gone.
    """
    inside = np.zeros(len(wet), dtype=bool)
    for begin, end in spans:
        inside[begin:end] = True
    heard = np.where(inside, dry, np.float32(0))
    own = correlation(heard, heard, taps)
    own[0] *= 1 + REGULARISATION
    solve = cho_factor(toeplitz(own))
    found = np.zeros(taps)
    error = np.where(inside, wet, np.float32(0)).astype(np.float64)
    power = np.square(error).sum()
    for _ in range(REFINEMENTS):
        better = found + cho_solve(solve, correlation(dry, error, taps))
        next_error = np.where(inside, wet - filtered(dry, better), 0)
        next_power = np.square(next_error).sum()
        if next_power < power:
            found, error = better, next_error
        if not next_power < BETTER * power:
            break
        power = next_power
    return found


def filtered(dry: Samples, taps: Signal) -> Signal:
    """The sound [samples] through the filter: [samples]."""
    out: Signal = signal.oaconvolve(dry.astype(np.float64), taps)
    return out[: len(dry)]
