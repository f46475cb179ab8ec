"""What is known of a standard recording, in seconds of the dry file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Stretch = tuple[float, float]  # begin and end in seconds
Span = tuple[int, int]  # first sample and end (exclusive)

MIN_PART_S = 2.0  # less of a part than this says too little


@dataclass(frozen=True)
class Standard:
    """Where in the dry file the clicks are, what is to be trained on, and what is held out.

    `repeats` tells that validation and test are two stretches of the same sound; they may be the
    same stretch, where the recording brings no more. `protocol_begin_s` is where our own protocol
    begins, with its tones and its silence; `None` for another recording.
    """

    name: str
    clicks_s: Sequence[float]
    training: Stretch
    validation: Stretch
    test: Stretch
    repeats: bool = False
    protocol_begin_s: float | None = None


@dataclass(frozen=True)
class Parts:
    """The parts of an aligned pair, and the recording that they come from."""

    source: str
    training: Span
    validation: Span
    test: Span


def parts_of(standard: Standard, begin: int, samples: int, sample_rate_hz: int) -> Parts | None:
    """The parts in a pair that begins at sample `begin` of the dry file and has `samples`.

    `None` where too little is left of one of them, as after a slip.
    """

    def inside(stretch: Stretch) -> Span:
        first, end = (round(s * sample_rate_hz) - begin for s in stretch)
        return max(0, first), min(end, samples)

    parts = Parts(
        standard.name,
        inside(standard.training),
        inside(standard.validation),
        inside(standard.test),
    )
    shortest = min(end - first for first, end in (parts.training, parts.validation, parts.test))
    return parts if shortest >= MIN_PART_S * sample_rate_hz else None
