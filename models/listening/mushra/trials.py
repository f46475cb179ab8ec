"""The trials of a MUSHRA-like test: every excerpt once, its sounds in an order of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..answers.order import Position

REFERENCE = 0  # the number of its sound in a track; effects follow, the anchor is last


def draw_mushra(tracks: Sequence[str], sounds: int, seed: int, rater: int) -> list[Position]:
    """A trial of each track, in an order of the rater's own.

    The first of `slots` is the open reference, which is heard first. All of the track's `sounds`
    follow at random, the reference hidden among them.
    """
    rng = np.random.default_rng([seed, 17, rater])
    return [
        Position(tracks[i], False, 0, (REFERENCE, *(int(k) for k in rng.permutation(sounds))))
        for i in rng.permutation(len(tracks))
    ]
