"""What is known of a standard recording, in seconds of the dry file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

Stretch = tuple[float, float]  # begin and end in seconds


@dataclass(frozen=True)
class Standard:
    """Where in the dry file the clicks are, what is to be trained on, and what is held out.

    `validation` and `test` may hold the same music, or be the same stretch, where the recording
    brings no more. `replicas` are two stretches of equal length that hold the same sound.
    `protocol_begin_s` is where our own protocol begins, with its tones and its silence; `None` for
    another recording.
    """

    name: str
    clicks_s: Sequence[float]
    training: Sequence[Stretch]
    validation: Sequence[Stretch]
    test: Sequence[Stretch]
    replicas: tuple[Stretch, Stretch] | None = None
    protocol_begin_s: float | None = None


@dataclass(frozen=True)
class Parts:
    """First sample and end (exclusive) of each stretch of an aligned pair, and their source."""

    source: str
    training: Sequence[tuple[int, int]]
    validation: Sequence[tuple[int, int]]
    test: Sequence[tuple[int, int]]


MIN_PART_S = 2.0  # less of a part than this says too little


def parts_of(standard: Standard, begin: int, samples: int, sample_rate_hz: int) -> Parts | None:
    """The parts in a pair that begins at sample `begin` of the dry file and has `samples`.

    `None` where too little is left of one of them, as after a slip.
    """

    def inside(stretches: Sequence[Stretch]) -> list[tuple[int, int]]:
        edges = [
            tuple(min(max(round(s * sample_rate_hz) - begin, 0), samples) for s in stretch)
            for stretch in stretches
        ]
        return [(first, last) for first, last in edges if first < last]

    kept = [inside(part) for part in (standard.training, standard.validation, standard.test)]
    lengths = [sum(last - first for first, last in part) for part in kept]
    if min(lengths) < MIN_PART_S * sample_rate_hz:
        return None
    return Parts(standard.name, *kept)


def moved(standard: Standard, by_s: float) -> Standard:
    """The same recording where it begins `by_s` later in its file."""

    def later(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
        return tuple((begin + by_s, end + by_s) for begin, end in stretches)

    begin_s, replicas = standard.protocol_begin_s, standard.replicas
    return replace(
        standard,
        clicks_s=tuple(time_s + by_s for time_s in standard.clicks_s),
        training=later(standard.training),
        validation=later(standard.validation),
        test=later(standard.test),
        replicas=None if replicas is None else (later(replicas)[0], later(replicas)[1]),
        protocol_begin_s=None if begin_s is None else begin_s + by_s,
    )
