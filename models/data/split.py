"""Training, validation and test notes that share neither a recording nor a pitch.

Holding out a pitch is not enough where recordings are pitch-shifted, as in the paper (DAFx 2018,
section 4.1): a test note could be a training note played faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...plugin_core.errors import Error
from .note import Note

MIN_GROUPS = 3


@dataclass(frozen=True)
class NoteSplit:
    """Notes for training, for validation, and for the test."""

    training: list[Note]
    validation: list[Note]
    test: list[Note]


def split(notes: Sequence[Note], held_out: float = 0.1) -> NoteSplit:
    """Hold out `held_out` of the pitches for validation and as many for the test.

    They are taken evenly from low to high, so the same notes give the same split. Notes of unknown
    pitch are told apart by recording. Raise tonecast.Error if fewer than three are left to choose
    from.
    """
    groups = _groups(notes)
    if len(groups) < MIN_GROUPS:
        raise Error(
            f"{len(groups)} recordings are too few to hold some out; give at least {MIN_GROUPS}"
        )
    each = max(1, round(held_out * len(groups)))
    chosen = [(2 * k + 1) * len(groups) // (4 * each) for k in range(2 * each)]
    test, validation = set(chosen[::2]), set(chosen[1::2])
    sides: dict[str, list[Note]] = {"training": [], "validation": [], "test": []}
    for index, group in enumerate(groups):
        side = "test" if index in test else "validation" if index in validation else "training"
        sides[side].extend(group)
    return NoteSplit(**sides)


def _groups(notes: Sequence[Note]) -> list[list[Note]]:
    """Notes that share a recording or a pitch, directly or through others, from low to high."""
    groups: list[tuple[set[object], list[Note]]] = []
    for note in notes:
        keys: set[object] = {note.recording}
        if note.pitch is not None:
            keys.add(note.pitch)
        members = [note]
        apart = []
        for other_keys, others in groups:
            if keys & other_keys:
                keys |= other_keys
                members = others + members
            else:
                apart.append((other_keys, others))
        groups = [*apart, (keys, members)]
    return sorted(
        (members for _, members in groups),
        key=lambda group: (min(note.pitch or 0 for note in group), group[0].recording),
    )
