"""How far raters agree with each other, and with themselves.

Shrout and Fleiss, "Intraclass correlations: uses in assessing rater reliability", Psychological
Bulletin 86 (1979): ICC(2,1), of one rater, and ICC(2,k), of the mean of all k, for raters and
tracks that are both drawn at random, with absolute agreement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..answers.store import GivenAnswer
from ..ratings import STEPS

DRAWS = 2000  # of tracks, for the confidence interval
MIN_TRACKS = 3

Factors = NDArray[np.float64]  # [raters, tracks], NaN where there is no rating


@dataclass(frozen=True)
class Agreement:
    """Of `raters` on the `tracks` that all of them decided on; intervals hold 95 %."""

    raters: int
    tracks: int
    single: float
    single_interval: tuple[float, float]
    mean: float


@dataclass(frozen=True)
class Repeats:
    """What a rater chose on tracks that came twice, in steps of the slider.

    `by_chance` is the difference that pairs of different tracks have.
    """

    pairs: int
    mean_difference: float
    by_chance: float


def agreement(factors: Factors, seed: int = 0) -> Agreement | None:
    """Agreement of raters [raters, tracks]; None for fewer than two raters or three tracks.

    The confidence interval is the bootstrap's: tracks are drawn again with replacement.
    """
    complete = factors[:, ~np.isnan(factors).any(axis=0)]
    raters, tracks = complete.shape
    if raters < 2 or tracks < MIN_TRACKS or np.ptp(complete) == 0:
        return None
    single, mean = intraclass_correlations(complete)
    rng = np.random.default_rng([seed, 14])
    drawn = [
        intraclass_correlations(complete[:, rng.integers(tracks, size=tracks)])[0]
        for _ in range(DRAWS)
    ]
    low, high = np.nanpercentile(drawn, (2.5, 97.5))
    return Agreement(raters, tracks, single, (float(low), float(high)), mean)


def intraclass_correlations(factors: Factors) -> tuple[float, float]:
    """ICC(2,1) and ICC(2,k) of complete `factors` [raters, tracks]; NaN where nothing differs."""
    k, n = factors.shape
    whole = factors.mean()
    of_tracks, of_raters = factors.mean(axis=0), factors.mean(axis=1)
    between = k * np.sum((of_tracks - whole) ** 2) / (n - 1)
    raters = n * np.sum((of_raters - whole) ** 2) / (k - 1)
    rest = factors - of_tracks - of_raters[:, None] + whole
    error = np.sum(rest**2) / ((n - 1) * (k - 1))
    spread = between + (k - 1) * error + k * (raters - error) / n
    spread_of_mean = between + (raters - error) / n
    if spread <= 0 or spread_of_mean <= 0:
        return float("nan"), float("nan")
    return float((between - error) / spread), float((between - error) / spread_of_mean)


def repeats(given: Sequence[GivenAnswer]) -> Repeats | None:
    """Of one rater's answers; None where no track was decided on twice."""
    first = {one.track: one.answer.step for one in given if not one.is_repeat}
    pairs = [
        (one.answer.step, first[one.track])
        for one in given
        if one.is_repeat and one.answer.step is not None and first.get(one.track) is not None
    ]
    if not pairs:
        return None
    steps = np.array([step for step in first.values() if step is not None], np.float64)
    apart = np.abs(steps[:, None] - steps)
    count = steps.size
    by_chance = float(apart.sum() / (count * (count - 1))) if count > 1 else float(STEPS)
    differences = [abs(a - b) for a, b in pairs if b is not None]
    return Repeats(len(pairs), float(np.mean(differences)), by_chance)
