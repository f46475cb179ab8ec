"""How many raters and tracks a study needs, by simulation, before anybody sits down.

A rating is the sum of what the track calls for, what its rater likes, and chance, all normal, put
on the slider's 17 steps. A predictor knows a share of what tracks call for; the baseline is the
mean of all ratings. Both are judged as in Grachten, Deruty and Tanguy (2018), by the squared
distance to the interval from the 35th to the 65th percentile of each track's ratings; the study has
shown the difference where a paired t-test over the tracks says so.

The paper tests over folds and seeds, which are not independent: 25 runs of the same tracks. Here
tracks are the sample, so the answer does not depend on how often a network is trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ttest_1samp

from ..ratings import HIGH_PERCENT, LOW_PERCENT, STEPS

MEAN, SPREAD = 0.25, 0.2  # of all ratings; in the paper medians of raters are .062 to .469
RATER_SHARE = 0.25  # of the variance that is not the tracks': likings of raters
LEVEL = 0.05
STUDIES = 400

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Assumptions:
    """What is taken for granted.

    `agreement` is the intra-class correlation of one rater: the share of the variance of ratings
    that is the tracks'. `explained` is the share of that which a predictor knows.
    """

    agreement: float = 0.35
    explained: float = 0.35

    def __post_init__(self) -> None:
        """Raise ValueError for shares that are none."""
        for name in ("agreement", "explained"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be from 0 to 1, not {getattr(self, name):g}")


def power(raters: int, tracks: int, given: Assumptions, seed: int = 0) -> float:
    """Share of simulated studies that show the predictor to be better than the mean."""
    rng = np.random.default_rng([seed, 16, raters, tracks])
    shown = 0
    for _ in range(STUDIES):
        wanted = np.sqrt(given.agreement) * rng.standard_normal(tracks)
        rest = 1 - given.agreement
        liking = np.sqrt(RATER_SHARE * rest) * rng.standard_normal((raters, 1))
        chance = np.sqrt((1 - RATER_SHARE) * rest) * rng.standard_normal((raters, tracks))
        chosen = _on_slider(MEAN + SPREAD * (wanted + liking + chance))
        low, high = np.percentile(chosen, (LOW_PERCENT, HIGH_PERCENT), axis=0)
        error = np.sqrt(given.explained * (1 - given.explained) * given.agreement)
        known = given.explained * wanted + error * rng.standard_normal(tracks)
        mean = chosen.mean()
        # The predictor has learned the mean of ratings, too.
        predicted = np.clip(mean + SPREAD * known, 0, 1)
        gain = _squared_miss(np.full(tracks, mean), low, high) - _squared_miss(predicted, low, high)
        if np.ptp(gain) > 0 and ttest_1samp(gain, 0, alternative="greater").pvalue < LEVEL:
            shown += 1
    return shown / STUDIES


def power_table(
    raters: Sequence[int], tracks: Sequence[int], given: Assumptions
) -> list[list[float]]:
    """The power of each number of raters, a row each, with each number of tracks."""
    return [[power(people, count, given) for count in tracks] for people in raters]


def _on_slider(values: Values) -> Values:
    return np.asarray(np.clip(np.rint(values * (STEPS - 1)), 0, STEPS - 1) / (STEPS - 1))


def _squared_miss(predicted: Values, low: Values, high: Values) -> Values:
    """As `predictors.training.objective`, without PyTorch."""
    return np.asarray(np.maximum(low - predicted, 0) ** 2 + np.maximum(predicted - high, 0) ** 2)
