"""Distances to the clean version, with fixed attenuation and with predictors, by the engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...models.listening.experiment import EFFECT, Hearings
from ...models.listening.hearing import Listener
from ...models.listening.ratings import FACTORS
from ...models.listening.recordings import SAMPLE_RATE_HZ, Recording
from ...models.listening.tracks import Track
from ...plugin_core import Effect


@dataclass(frozen=True)
class Followed:
    """A predictor on one track: its factors [n], and the distance to the clean version."""

    predictor: str
    factors: NDArray[np.float32]
    distance_db: float


@dataclass(frozen=True)
class Outcome:
    """A held-out track: distances at the 17 fixed factors [17], and with each predictor."""

    track: Track
    fixed_db: NDArray[np.float64]
    followed: tuple[Followed, ...]

    @property
    def unprocessed_db(self) -> float:
        """Distance without the effect."""
        return float(self.fixed_db[0])

    @property
    def best_db(self) -> float:
        """Distance at this track's own best factor."""
        return float(self.fixed_db.min())


def follow(
    predictors: dict[str, Path],
    tracks: Sequence[Track],
    recordings: dict[str, Recording],
    heard: dict[str, Hearings],
    seconds: float,
    form: str = EFFECT,
) -> Iterator[Outcome]:
    """Play each track with each predictor, given as its file, moving the effect's attenuation."""
    effects = {name: Effect(form, attenuation=f"auto:{path}") for name, path in predictors.items()}
    for track in tracks:
        clean, resonant = track.make(recordings[track.recording], seconds)
        listener = Listener(clean, SAMPLE_RATE_HZ)
        followed = []
        for name, effect in effects.items():
            played = effect.process_planar(resonant, SAMPLE_RATE_HZ)
            factors = effect.automation_trace().applied
            followed.append(Followed(name, factors, listener.compare(played).distance_db))
        yield Outcome(track, np.sqrt(heard[track.name].sum(axis=0)), tuple(followed))


def best_fixed(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """The single factor with the lowest mean distance over all of `outcomes`, and that distance."""
    mean_db = np.mean([outcome.fixed_db for outcome in outcomes], axis=0)
    return float(FACTORS[mean_db.argmin()]), float(mean_db.min())
