"""How late a wet sound has to be for a causal model to make it of the dry one.

Correlation finds the delay that aligns the most of a sound. A device that turns phases answers its
input before that: aligned, its output is early, by 58 samples for one overdrive pedal, and what is
early cannot be predicted. So linear filters that hear the past alone are fitted to the wet sound at
many delays: below the device's own delay they fail, from there on they explain the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve, toeplitz

from ....plugin_core.samples import Samples
from .baselines import Signal, correlation
from .check_result import CheckResult
from .pair import Pair

TAPS = 512
EARLIEST_S, LATEST_S = 0.004, 0.003
TURNED_BY_KNOBS_S = 0.004
REGULARISATION = 1e-6
# Of the wet sound's power: less that a filter explains may lie in its taps' number.
EXPLAINED = 1e-3


def causal_pair(pair: Pair) -> tuple[Pair, CheckResult]:
    """The pair with its wet sound as late as a causal model needs it, and what was done."""
    return _made_later(pair, causal_delay_samples(pair.dry, pair.wet, pair.sample_rate_hz))


def causal_pairs(pairs: Sequence[Pair]) -> list[tuple[Pair, CheckResult]]:
    """Pairs of one device at several settings of its knobs, each as `causal_pair` has it.

    Knobs turn phases, which looks like a delay of each setting's own; a model that plays what lies
    between the settings needs one delay for all. It is that of the setting which needs the most.
    Files whose own delays are further apart than knobs explain were recorded with latencies of
    their own: each stays aligned by itself, and they share the rest.
    """
    rate_hz = pairs[0].sample_rate_hz
    late = [causal_delay_samples(pair.dry, pair.wet, rate_hz) for pair in pairs]
    delays = [pair.delay_samples for pair in pairs]
    if max(delays) - min(delays) > TURNED_BY_KNOBS_S * rate_hz:
        return [_made_later(pair, max(late)) for pair in pairs]
    earlier = min(delay - own for delay, own in zip(delays, late, strict=True))
    return [_made_later(pair, pair.delay_samples - earlier) for pair in pairs]


def _made_later(pair: Pair, late: int) -> tuple[Pair, CheckResult]:
    """The pair with its wet sound so many samples later, and what was done."""
    ms = 1000 * abs(late) / pair.sample_rate_hz
    if late == 0:
        message = "A filter that hears only the past explains the aligned sound as well as any."
        return pair, CheckResult("passed", "causality", message)
    if late > 0:
        dry, wet = pair.dry[late:], pair.wet[:-late]
        message = (
            f"Models without latency learn the wet sound {late} samples ({ms:.1f} ms) later: the "
            f"device turns phases, and what comes before its input cannot be predicted."
        )
    else:
        dry, wet = pair.dry[:late], pair.wet[-late:]
        message = (
            f"Models without latency learn the wet sound {-late} samples ({ms:.1f} ms) earlier: "
            f"nothing of it came sooner."
        )
    return replace(pair, dry=dry, wet=wet), CheckResult("corrected", "causality", message)


def causal_delay_samples(dry: Samples, wet: Samples, sample_rate_hz: int) -> int:
    """By how many samples to delay an aligned wet sound; negative: to advance it.

    Both sounds are [samples]. It is the smallest delay at which a filter of 512 taps explains it as
    well as at any, from 4 ms before the alignment to 3 ms after it.
    """
    earliest, latest = (round(s * sample_rate_hz) for s in (EARLIEST_S, LATEST_S))
    errors = filter_errors(dry, wet, earliest, latest)
    least = float(errors.min())
    good = errors <= least + min(EXPLAINED, least)
    return int(np.flatnonzero(good)[0]) - earliest


def filter_errors(dry: Samples, wet: Samples, earliest: int, latest: int) -> Signal:
    """ESRs of the best causal filters, with the wet sound −`earliest` to `latest` samples later."""
    own = correlation(dry, dry, TAPS)
    own[0] *= 1 + REGULARISATION
    early = np.concatenate([np.zeros(latest, wet.dtype), wet])
    late_dry = np.concatenate([dry, np.zeros(latest, dry.dtype)])
    lags = correlation(late_dry, early, latest + TAPS + earliest)  # from −latest on
    delays = np.arange(-earliest, latest + 1)
    cross = lags[latest - delays[:, None] + np.arange(TAPS)]
    explained = (cross.T * cho_solve(cho_factor(toeplitz(own)), cross.T)).sum(axis=0)
    errors: Signal = 1 - explained / np.square(wet, dtype=np.float64).sum()
    return np.maximum(errors, 1e-12)
