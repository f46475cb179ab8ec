"""The trials of an ABX test: which effect, in which excerpt, which is A, and which is X."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..answers.answer import Answer
from ..answers.order import Position
from .sequential import MAX_TRIALS, is_over

REFERENCE = 0  # the number of its sound in a track; effects follow


def draw_trials(tracks: Sequence[str], effects: int, seed: int, rater: int) -> list[Position]:
    """As many trials as a test may take: MAX_TRIALS of each effect, in turns.

    `slots` are the sounds of A, B and X. Excerpts come equally often; A is the reference, and X is
    A, in half of the trials, at random.
    """
    rng = np.random.default_rng([seed, 15, rater])
    order = [[tracks[i % len(tracks)] for i in rng.permutation(MAX_TRIALS)] for _ in range(effects)]
    trials = []
    for trial in range(MAX_TRIALS):
        for effect in rng.permutation(effects):
            a_and_b = [REFERENCE, int(effect) + 1]
            if rng.random() < 0.5:
                a_and_b.reverse()
            x = a_and_b[int(rng.integers(2))]
            trials.append(Position(order[effect][trial], False, 2, (*a_and_b, x)))
    return trials


def effect_of(slots: Sequence[int]) -> int:
    """The number of the effect that a trial compares with the reference."""
    return max(slots)


def is_right(slots: Sequence[int], step: int | None) -> bool:
    """Whether X is what was answered: 0 for A, 1 for B."""
    return step is not None and slots[2] == slots[step]


def closed(order: Sequence[Position], given: Mapping[int, Answer]) -> list[int]:
    """Positions without an answer that need none: enough is known of their effect."""
    answers: dict[int, list[bool]] = {}
    for place, one in enumerate(order):
        if place in given:
            right = is_right(one.slots, given[place].step)
            answers.setdefault(effect_of(one.slots), []).append(right)
    return [
        place
        for place, one in enumerate(order)
        if place not in given and is_over(answers.get(effect_of(one.slots), []))
    ]
