from dataclasses import replace

import numpy as np
import pytest
from tonecast.models.data.note import Note
from tonecast.models.data.pitch_shift import shifted, with_shifts
from tonecast.models.data.split import split
from tonecast.models.data.synthetic import synthetic_notes


def note(recording: str, pitch: int | None, name: str = "n") -> Note:
    return Note(name, recording, "piano", pitch, np.zeros(10, dtype=np.float32))


def piano(pitches: int = 25, velocities: int = 4) -> list[Note]:
    return [
        note(f"piano {pitch}", pitch, f"{pitch} v{velocity}")
        for pitch in range(21, 21 + 3 * pitches, 3)
        for velocity in range(velocities)
    ]


def test_sides_share_neither_pitch_nor_recording() -> None:
    """A test note that was heard in training, only faster, proves nothing."""
    notes = with_shifts(piano(), (-1, 0, 1))
    sides = split(notes)
    groups = [sides.training, sides.validation, sides.test]
    assert sorted(n.name for side in groups for n in side) == sorted(n.name for n in notes)
    for one in groups:
        for other in groups:
            if one is not other:
                assert not {n.pitch for n in one} & {n.pitch for n in other}
                assert not {n.recording for n in one} & {n.recording for n in other}


def test_tenth_each_is_held_out_across_the_range() -> None:
    sides = split(piano(pitches=20), held_out=0.1)
    assert [len(s) // 4 for s in (sides.training, sides.validation, sides.test)] == [16, 2, 2]
    assert max(n.pitch or 0 for n in sides.test) - min(n.pitch or 0 for n in sides.test) > 20


def test_pitch_shared_by_two_recordings_ties_them() -> None:
    notes = [note("a", 40), note("b", 40), note("b", 47), *piano(5, 1)[1:]]
    sides = split(notes)
    for side in (sides.training, sides.validation, sides.test):
        found = {n.recording for n in side}
        assert not found & {"a", "b"} or {"a", "b"} <= found


def test_recordings_of_unknown_pitch_stay_whole() -> None:
    sides = split([note(f"take {k // 2}", None) for k in range(12)])
    recordings = [{n.recording for n in s} for s in (sides.training, sides.validation, sides.test)]
    assert [len(r) for r in recordings] == [4, 1, 1]
    assert len(set.union(*recordings)) == 6


def test_too_few_recordings_are_refused() -> None:
    with pytest.raises(ValueError, match="2 recordings are too few"):
        split([note("a", 40), note("b", 50)])


def test_shift_moves_pitch_and_length_alike() -> None:
    t = np.arange(16_000) / 16_000
    sine = replace(note("a", 69), dry=np.sin(2 * np.pi * 440 * t).astype(np.float32))
    for semitones in (-1, 1, 7):
        moved = shifted(sine, semitones)
        ratio = 2 ** (semitones / 12)
        assert moved.pitch == 69 + semitones
        assert len(moved.dry) == pytest.approx(16_000 / ratio, rel=1e-3)
        spectrum = np.abs(np.fft.rfft(moved.dry, 1 << 18))
        assert spectrum.argmax() * 16_000 / (1 << 18) == pytest.approx(440 * ratio, rel=5e-4)


def test_processed_notes_cannot_be_shifted() -> None:
    with pytest.raises(ValueError, match="Only dry notes"):
        shifted(replace(note("a", 69), wet=np.zeros(10, dtype=np.float32)), 1)


def test_built_in_notes_are_the_same_every_time() -> None:
    one, other = (synthetic_notes(16_000, 0.2, seed=3) for _ in range(2))
    assert len(one) > 50
    assert [n.name for n in one] == [n.name for n in other]
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.dry, b.dry)
        assert 0.05 < np.abs(a.dry).max() <= 1
    sides = split(one)
    assert not {n.pitch for n in sides.training} & {n.pitch for n in sides.test}
