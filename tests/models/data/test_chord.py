from dataclasses import replace

import numpy as np
import pytest
from tonecast.models.data.chord import QUIETEST_DB, with_chords
from tonecast.models.data.note import Note

LONG = Note("long", "tape 1", "guitar", 60, np.full(100, 0.1, dtype=np.float32))
SHORT = Note("short", "tape 2", "guitar", 64, np.full(9, -0.5, dtype=np.float32))


def test_chord_is_made_on_each_note() -> None:
    notes = with_chords([LONG, SHORT], seed=3)
    assert notes[:2] == [LONG, SHORT]
    assert [note.name for note in notes[2:]] == ["long chord", "short chord"]
    for chord, below in zip(notes[2:], notes, strict=False):
        assert (chord.recording, chord.pitch) == (below.recording, below.pitch)
        assert chord.dry.shape == below.dry.shape and chord.dry.dtype == np.float32
        on_top = np.abs(chord.dry - below.dry).max() / np.abs(below.dry).max()
        assert 10 ** (QUIETEST_DB / 20) <= on_top <= 3 * (1 + 1e-6)


def test_chords_are_drawn_by_the_seed() -> None:
    once, again, other = (with_chords([LONG, SHORT] * 5, seed)[10:] for seed in (1, 1, 2))
    assert all(np.array_equal(a.dry, b.dry) for a, b in zip(once, again, strict=True))
    assert not all(np.array_equal(a.dry, b.dry) for a, b in zip(once, other, strict=True))


def test_chord_stays_within_full_scale() -> None:
    loud = replace(LONG, dry=np.full(100, 0.9, dtype=np.float32))
    peaks = [np.abs(note.dry).max() for note in with_chords([loud] * 4, seed=1)]
    assert max(peaks) == pytest.approx(1)


def test_processed_note_makes_no_chord() -> None:
    """The effect of both together is not known."""
    with pytest.raises(ValueError, match="Only dry notes"):
        with_chords([replace(LONG, wet=LONG.dry)], seed=1)
