from dataclasses import replace

import numpy as np
import pytest
from tonecast.models.data.gain import amplified, with_gains
from tonecast.models.data.note import Note

NOTE = Note("a", "tape 1", "guitar", 60, np.full(4, 0.5, dtype=np.float32))


def test_every_note_at_every_gain() -> None:
    notes = with_gains([NOTE, replace(NOTE, name="b")], (0, -20))
    assert [note.name for note in notes] == ["a", "a -20 dB", "b", "b -20 dB"]
    np.testing.assert_allclose(notes[1].dry, 0.05, rtol=1e-6)
    assert {(note.recording, note.pitch) for note in notes} == {("tape 1", 60)}


def test_gain_stops_at_full_scale() -> None:
    loud = replace(NOTE, dry=np.array([0.5, -0.9], dtype=np.float32))
    assert np.abs(amplified(loud, 12).dry).max() == pytest.approx(1)
    beyond = replace(NOTE, dry=np.array([0.5, -1.2], dtype=np.float32))
    np.testing.assert_array_equal(amplified(beyond, 12).dry, beyond.dry)
    np.testing.assert_allclose(amplified(NOTE, 5).dry, 0.5 * 10**0.25, rtol=1e-6)


def test_processed_note_is_not_amplified() -> None:
    """The effect would have answered to another level in another way."""
    with pytest.raises(ValueError, match="Only dry notes"):
        amplified(replace(NOTE, wet=NOTE.dry), -6)
