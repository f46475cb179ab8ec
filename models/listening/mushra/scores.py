"""Scores of a MUSHRA-like test: what they say of each sound and each rater (ITU-R BS.1534-3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from ..answers.store import GivenAnswer
from .trials import REFERENCE

WORDS = ("bad", "poor", "fair", "good", "excellent")  # each a fifth of the scale
CONFIDENCE = 0.95
# Who scores the hidden reference below 90 in more than 15 % of the trials has not found it.
LOWEST_REFERENCE, MISSED_SHARE = 90, 0.15


@dataclass(frozen=True)
class Score:
    """What a rater gave a sound of a track: 0 to 100. `sound` 0 is the hidden reference."""

    rater: str
    track: str
    sound: int
    value: int


@dataclass(frozen=True)
class Summary:
    """All scores of a sound; `interval` holds its mean in 95 of 100 studies, None for one value."""

    values: tuple[int, ...]
    median: float
    quartiles: tuple[float, float]
    mean: float
    interval: tuple[float, float] | None


def scores(given: Sequence[GivenAnswer]) -> list[Score]:
    """The scores in answers, in their order."""
    return [
        Score(one.rater, one.track, sound, value)
        for one in given
        for sound, value in zip(one.slots[1:], one.answer.scores, strict=True)
    ]


def summary(found: Sequence[Score]) -> Summary:
    """Of one sound's scores. Raise ValueError for none.

    Those of one rater belong together, so the interval (Student's t) is that of raters' means,
    and speaks of further raters. Of one rater alone it is that of the tracks' scores, and speaks
    of further tracks.
    """
    if not found:
        raise ValueError("without scores nothing is known")
    values = [one.value for one in found]
    raters = sorted({one.rater for one in found})
    units = [float(np.mean([one.value for one in found if one.rater == name])) for name in raters]
    if len(units) == 1:
        units = [float(one) for one in values]
    mean = float(np.mean(units))
    interval = None
    if len(units) > 1:
        half = t.ppf((1 + CONFIDENCE) / 2, len(units) - 1) * np.std(units, ddof=1)
        half /= np.sqrt(len(units))
        interval = (max(0.0, mean - float(half)), min(100.0, mean + float(half)))
    low, median, high = (float(one) for one in np.percentile(values, (25, 50, 75)))
    return Summary(tuple(values), median, (low, high), mean, interval)


def missed_reference(found: Sequence[Score]) -> dict[str, tuple[int, int]]:
    """Raters to leave out: in how many of how many trials they missed the hidden reference."""
    missed = {}
    for rater in dict.fromkeys(one.rater for one in found):
        own = [one.value for one in found if one.rater == rater and one.sound == REFERENCE]
        count = sum(value < LOWEST_REFERENCE for value in own)
        if count > MISSED_SHARE * len(own):
            missed[rater] = (count, len(own))
    return missed


def word(value: float) -> str:
    """The word of the scale that a score falls in."""
    return WORDS[min(len(WORDS) - 1, int(value // 20))]
