"""Augmentation by pitch shift (DAFx 2018, section 4.1: −1, 0 and +1 semitone)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

import numpy as np
from scipy import signal

from .note import Note

MAX_DENOMINATOR = 500  # any interval up to an octave within 0.03 cents


def with_shifts(notes: Iterable[Note], semitones: Iterable[int]) -> list[Note]:
    """Every note at every shift. A shifted note still belongs to its recording."""
    shifts = tuple(semitones)
    return [shifted(note, shift) for note in notes for shift in shifts]


def shifted(note: Note, semitones: int) -> Note:
    """Play a note faster or slower, as samplers do: no artefacts, but its length changes.

    Raise ValueError for notes with a wet side: the effect's output would have been another.
    """
    if semitones == 0:
        return note
    if note.wet is not None:
        raise ValueError("Only dry notes can be shifted.")
    speed = Fraction(2 ** (semitones / 12)).limit_denominator(MAX_DENOMINATOR)
    dry = signal.resample_poly(note.dry, speed.denominator, speed.numerator).astype(np.float32)
    pitch = None if note.pitch is None else note.pitch + semitones
    return replace(note, name=f"{note.name} {semitones:+d}", pitch=pitch, dry=dry)
