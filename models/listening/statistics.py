"""Statistics of a ratings table: medians, refusals and correlations of raters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .ratings import Rating


@dataclass(frozen=True)
class RaterStatistics:
    """A row of table 1 of Grachten, Deruty and Tanguy (2018)."""

    rater: str
    median: float
    mean: float
    refused: int
    zeros: int
    tracks: int


def table(ratings: Sequence[Rating]) -> tuple[list[str], list[str], NDArray[np.float64]]:
    """Raters, tracks and factors [raters, tracks]; NaN where there is no rating."""
    raters = list(dict.fromkeys(one.rater for one in ratings))
    tracks = list(dict.fromkeys(one.track for one in ratings))
    factors = np.full((len(raters), len(tracks)), np.nan)
    row = {rater: i for i, rater in enumerate(raters)}
    column = {track: i for i, track in enumerate(tracks)}
    for one in ratings:
        if one.factor is not None:
            factors[row[one.rater], column[one.track]] = one.factor
    return raters, tracks, factors


def rater_statistics(ratings: Sequence[Rating]) -> list[RaterStatistics]:
    """One row for each rater who decided at least once."""
    raters, tracks, factors = table(ratings)
    rows = []
    for rater, chosen in zip(raters, factors, strict=True):
        decided = chosen[~np.isnan(chosen)]
        if decided.size:
            rows.append(
                RaterStatistics(
                    rater,
                    float(np.median(decided)),
                    float(decided.mean()),
                    len(tracks) - decided.size,
                    int(np.sum(decided == 0)),
                    len(tracks),
                )
            )
    return rows


def correlations(ratings: Sequence[Rating]) -> tuple[list[str], NDArray[np.float64]]:
    """Raters, and Pearson's correlation [raters, raters] over tracks that both decided on.

    NaN where a rater always chose the same, or where fewer than three tracks are shared.
    """
    raters, _, factors = table(ratings)
    found = np.full((len(raters), len(raters)), np.nan)
    for i, one in enumerate(factors):
        for j, other in enumerate(factors):
            both = ~np.isnan(one) & ~np.isnan(other)
            if both.sum() > 2 and one[both].std() > 0 and other[both].std() > 0:
                found[i, j] = np.corrcoef(one[both], other[both])[0, 1]
    return raters, found
