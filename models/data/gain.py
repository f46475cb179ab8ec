"""Augmentation by gain: a nonlinear effect's output depends on the level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from .note import Note


def with_gains(notes: Iterable[Note], gains_db: Iterable[float]) -> list[Note]:
    """Every dry note at every gain. A louder or quieter note still belongs to its recording."""
    gains = tuple(gains_db)
    return [amplified(note, gain_db) for note in notes for gain_db in gains]


def amplified(note: Note, gain_db: float) -> Note:
    """Make a note quieter, or louder up to full scale.

    Raise ValueError for notes with a wet side: the effect's output would have been another.
    """
    if gain_db == 0:
        return note
    if note.wet is not None:
        raise ValueError("Only dry notes can be made louder or quieter.")
    peak = float(np.abs(note.dry).max(initial=1e-6))
    gain = min(10 ** (gain_db / 20), max(1.0, 1 / peak))
    dry = note.dry * np.float32(gain)
    return replace(note, name=f"{note.name} {gain_db:+g} dB", dry=dry)
