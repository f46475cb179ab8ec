"""Augmentation by chords: intermodulation, which single notes do not show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .note import Note

MAX_ADDED = 3
QUIETEST_DB = -12.0


def with_chords(notes: Sequence[Note], seed: int) -> list[Note]:
    """Every dry note, then a chord on each: up to three other notes that begin while it sounds.

    The notes are chosen at random, in tune or not.
    """
    random = np.random.default_rng(seed)
    return [*notes, *(_chord(note, notes, random) for note in notes)]


def _chord(note: Note, others: Sequence[Note], random: np.random.Generator) -> Note:
    if note.wet is not None:
        raise ValueError("Only dry notes can be put together.")
    dry = note.dry.copy()
    peak = np.abs(dry).max()
    for chosen in random.integers(len(others), size=random.integers(1, MAX_ADDED + 1)):
        other = others[chosen].dry
        level = 10 ** (random.uniform(QUIETEST_DB, 0) / 20) * peak / np.abs(other).max()
        begin = int(random.integers(max(1, len(dry) // 2)))
        length = min(len(other), len(dry) - begin)
        dry[begin : begin + length] += np.float32(level) * other[:length]
    dry /= max(1.0, np.abs(dry).max())
    return replace(note, name=f"{note.name} chord", dry=dry)
