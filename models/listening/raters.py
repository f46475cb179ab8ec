"""Simulated raters: each weighs resonances against losses, with a bias and noise of its own.

A rater minimises, over the 17 factors a,

    sqrt(2 · (annoyance · excess(a) + (1 − annoyance) · loss(a))) + (bias + noise · z) · a

in dB, with z ~ N(0, 1) anew for each track; and says "no rating" at its own rate. With annoyance ½
the first term is the distance to the clean version. A positive bias leans towards less. The noise
tilts the whole curve rather than its points, so it matters most where factors differ least.

The ranges are set so that the raters' statistics come near table 1 of Grachten, Deruty and Tanguy
(2018): medians .062 to .469, most of them .19 to .25; 0 to 21 of 150 without rating; 2 to 72 zeros,
the median rater 16. There are twice as many zeros here: a tenth of the tracks has no resonances,
and those between partials are not worth the cost of attenuation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .experiment import Hearings
from .ratings import FACTORS, Rating

RATERS = 15
ANNOYANCE = (0.55, 0.97)
MAX_BIAS_DB = 2.4
NOISE_DB = (0.5, 3.0)
MAX_REFUSAL_RATE = 0.14


@dataclass(frozen=True)
class Rater:
    """A rater's traits."""

    name: str
    annoyance: float
    bias_db: float
    noise_db: float
    refusal_rate: float

    def rate(self, track: str, heard: Hearings, rng: np.random.Generator) -> Rating:
        """Choose a factor for what is heard [2, 17] of a track."""
        refuses, tilt = rng.random() < self.refusal_rate, rng.standard_normal()
        if refuses:
            return Rating(track, self.name, None, "simulated")
        excess, loss = heard
        annoying_db = np.sqrt(2 * (self.annoyance * excess + (1 - self.annoyance) * loss))
        cost_db = annoying_db + (self.bias_db + self.noise_db * tilt) * FACTORS
        return Rating(track, self.name, float(FACTORS[np.argmin(cost_db)]), "simulated")


def draw_raters(seed: int, count: int = RATERS) -> list[Rater]:
    """Draw the raters of an experiment.

    Traits are spread evenly over their ranges and dealt out at random, so that even few raters
    differ; most have little bias, and few have much.
    """
    rng = np.random.default_rng([seed, 4])
    spread = (np.arange(count) + 0.5) / count
    annoyance = _between(ANNOYANCE, rng.permutation(spread))
    bias_db = MAX_BIAS_DB * rng.permutation(spread) ** 3
    noise_db = _between(NOISE_DB, rng.permutation(spread))
    refusal_rate = MAX_REFUSAL_RATE * rng.permutation(spread) ** 3
    return [
        Rater(f"r{i + 1:02d}", *map(float, traits))
        for i, traits in enumerate(zip(annoyance, bias_db, noise_db, refusal_rate, strict=True))
    ]


def _between(limits: tuple[float, float], normalized: NDArray[np.float64]) -> NDArray[np.float64]:
    return limits[0] + (limits[1] - limits[0]) * normalized


def rate_all(raters: list[Rater], heard: dict[str, Hearings], seed: int) -> list[Rating]:
    """Let all raters rate all tracks, the noise of each rating drawn apart."""
    return [
        rater.rate(track, of_track, np.random.default_rng([seed, 5, i, j]))
        for j, (track, of_track) in enumerate(heard.items())
        for i, rater in enumerate(raters)
    ]
