"""The order in which a rater hears the tracks: its own, with some of them twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..ratings import STEPS


@dataclass(frozen=True)
class Position:
    """A track at its place in a rater's order, and the step that is heard first.

    `slots` are the numbers of the track's sounds, in the order in which the page has them.
    """

    track: str
    is_repeat: bool
    start_step: int
    slots: tuple[int, ...] = tuple(range(STEPS))


def draw_order(tracks: Sequence[str], repeat_share: float, seed: int, rater: int) -> list[Position]:
    """All `tracks` at random, then `repeat_share` of them again among those of the second half.

    Repeated are tracks of the first half, so that others lie between, as far as there are others.
    Every start step is equally likely.
    """
    rng = np.random.default_rng([seed, 13, rater])
    order = [tracks[i] for i in rng.permutation(len(tracks))]
    half = (len(order) + 1) // 2
    count = min(round(repeat_share * len(order)), half)
    first, second = order[:half], [(name, False) for name in order[half:]]
    for i in rng.permutation(half)[:count]:
        # Not before the track that comes next, or a rater would hear it twice in a row.
        place = int(rng.integers(min(1, len(second)), len(second) + 1))
        second.insert(place, (first[i], True))
    whole = [*((name, False) for name in first), *second]
    starts = rng.integers(STEPS, size=len(whole))
    return [
        Position(name, again, int(start))
        for (name, again), start in zip(whole, starts, strict=True)
    ]
