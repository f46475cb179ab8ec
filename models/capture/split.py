"""A pair split in time: most for training, some for validation, some for the test.

    |  training  | validation | test |  training  | validation | test | …

Recordings vary over time, so a long one is split at several places. Between parts of different use
there is a gap as long as the longest frames, so no sample of the test is within a frame that was
trained on.

A standard recording brings its own parts (`Pair.parts`), whose music is not that of the training;
they are used as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..data.note import Note
from ..data.pair.pair import Pair
from ..data.split import NoteSplit

TEST, VALIDATION = 0.15, 0.1
BLOCK_S = 10.0
MAX_BLOCKS = 12
GAP_S = 0.033
Span = tuple[int, int]


@dataclass(frozen=True)
class Spans:
    """The parts: first sample and end (exclusive) of each piece."""

    training: Sequence[Span]
    validation: Sequence[Span]
    test: Sequence[Span]

    @property
    def shortest_samples(self) -> int:
        """The length of the shortest piece that is learned from or judged by."""
        return min(end - begin for begin, end in (*self.training, *self.validation))


def cut(samples: int, sample_rate_hz: int) -> Spans:
    """Blocks of about 10 s, each with its own training, validation and test part."""
    gap_samples = round(GAP_S * sample_rate_hz)
    blocks = max(1, min(MAX_BLOCKS, round(samples / sample_rate_hz / BLOCK_S)))
    training, validation, test = [], [], []
    for block in range(blocks):
        begin, end = block * samples // blocks, (block + 1) * samples // blocks
        size = end - begin
        second = begin + round((1 - TEST - VALIDATION) * size)
        third = begin + round((1 - TEST) * size)
        training.append((begin, second - gap_samples))
        validation.append((second, third - gap_samples))
        test.append((third, end - (gap_samples if block + 1 < blocks else 0)))
    return Spans(training, validation, test)


def spans_of(pair: Pair) -> Spans:
    """The recording's own parts if it is a standard one, or blocks."""
    parts = pair.parts
    if parts is None:
        return cut(len(pair.dry), pair.sample_rate_hz)
    return Spans([parts.training], [parts.validation], [parts.test])


def split_pair(pair: Pair, spans: Spans, past_samples: int = 0) -> NoteSplit:
    """The parts of a pair as notes, each with so many samples before it.

    Before the recording there was silence.
    """
    silence = np.zeros(past_samples, np.float32)
    dry, wet = (np.concatenate([silence, sound]) for sound in (pair.dry, pair.wet))

    def notes(kind: str, parts: Sequence[Span]) -> list[Note]:
        return [
            Note(
                name=f"{kind} {number}",
                recording=f"{kind} {number}",
                instrument="",
                pitch=None,
                dry=dry[begin : end + past_samples],
                wet=wet[begin : end + past_samples],
            )
            for number, (begin, end) in enumerate(parts, 1)
        ]

    return NoteSplit(
        notes("training", spans.training),
        notes("validation", spans.validation),
        notes("test", spans.test),
    )
