"""Who should be left out, and why. It is advice: nothing is left out unasked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..answers.store import GivenAnswer
from ..ratings import Rating
from ..statistics import table
from .reliability import repeats

MIN_SHARE = 0.5  # of the tracks
MIN_SECONDS = 3.0  # heard of a track, in the median
MIN_SWITCHES = 2  # on a track, in the median
MAX_SAME = 0.9  # of the answers
MIN_REPEATS = 3
MIN_SHARED = 10  # tracks, for a correlation
MIN_CORRELATION = 0.1  # with the mean of all others


def advice(
    given: Sequence[GivenAnswer], ratings: Sequence[Rating], positions: Mapping[str, int]
) -> dict[str, list[str]]:
    """Reasons to leave a rater out, for each who has one. `positions` are how many each has."""
    found = {}
    for rater, count in positions.items():
        own = [one for one in given if one.rater == rater]
        reasons = list(_reasons(rater, own, ratings, count))
        if reasons:
            found[rater] = reasons
    return found


def _reasons(
    rater: str, own: Sequence[GivenAnswer], ratings: Sequence[Rating], positions: int
) -> Iterator[str]:
    if len(own) < MIN_SHARE * positions:
        yield f"answered {len(own)} of {positions}"
    if not own:
        return
    seconds = float(np.median([one.answer.seconds for one in own]))
    if seconds < MIN_SECONDS:
        yield f"listened for {seconds:.1f} s in the median"
    switches = float(np.median([one.answer.switches for one in own]))
    if switches < MIN_SWITCHES:
        yield f"switched {switches:g} times a track in the median"
    steps = [one.answer.step for one in own if one.answer.step is not None]
    if len(steps) >= MIN_SHARED and np.unique(steps, return_counts=True)[1].max() > (
        MAX_SAME * len(steps)
    ):
        yield "chose nearly always the same"
    twice = repeats(own)
    if twice and twice.pairs >= MIN_REPEATS and twice.mean_difference >= twice.by_chance:
        yield (
            f"chose {twice.mean_difference:.1f} steps apart on repeated tracks, and "
            f"{twice.by_chance:.1f} on different ones"
        )
    r = _correlation_with_others(rater, ratings)
    if r is not None and r < MIN_CORRELATION:
        yield f"correlates with the mean of the others by {r:.2f}"


def _correlation_with_others(rater: str, ratings: Sequence[Rating]) -> float | None:
    raters, _, factors = table(ratings)
    if rater not in raters or len(raters) < 3:
        return None
    own = factors[raters.index(rater)]
    others = np.delete(factors, raters.index(rater), axis=0)
    counts = np.sum(~np.isnan(others), axis=0)
    mean = np.nansum(others, axis=0) / np.maximum(counts, 1)
    both = ~np.isnan(own) & (counts > 0)
    if both.sum() < MIN_SHARED or own[both].std() == 0 or mean[both].std() == 0:
        return None
    return float(np.corrcoef(own[both], mean[both])[0, 1])
