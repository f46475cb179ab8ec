"""From a config to a trainer: read the notes, split, shift, render the target, cut frames."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ...plugin_core import Error
from ..data.frames import Frames
from ..data.note import Note, is_silent, load
from ..data.pitch_shift import with_shifts
from ..data.readers import READERS, read_idmt
from ..data.split import Split, split
from ..data.synthetic import synthetic_notes
from ..targets import TARGETS
from .config import Config
from .loop import Trainer


def make_trainer(config: Config, path: Path, device: str = "cpu") -> tuple[Trainer, Split]:
    """The trainer that saves to `path`, and its notes. Raise tonecast.Error."""
    notes = prepare(config)
    frame, hop = config.size.frame, config.hop_size_samples
    training, validation = (Frames(side, frame, hop) for side in (notes.training, notes.validation))
    return Trainer(config, training, validation, path, device), notes


def prepare(config: Config) -> Split:
    """The notes of a config, dry and wet, split. Only training notes are shifted in pitch.

    Raise tonecast.Error for data that cannot be read or are too few.
    """
    sides = split(_read(config), config.data.held_out)
    held_out = {note.pitch for note in (*sides.validation, *sides.test)} - {None}
    shifted = [
        note
        for note in with_shifts(sides.training, config.data.pitch_shifts_semitones)
        if note.pitch not in held_out
    ]
    return Split(*(_rendered(side, config) for side in (shifted, sides.validation, sides.test)))


def _read(config: Config) -> list[Note]:
    data, rate_hz = config.data, config.sample_rate_hz
    if data.layout == "synthetic":
        return synthetic_notes(rate_hz, data.longest_s, config.seed)
    folder = Path(data.folder)
    if data.layout == "idmt":
        sources = read_idmt(folder, data.effect, data.setting)
    else:
        sources = READERS[data.layout](folder)
    notes = [load(source, rate_hz, data.longest_s) for source in sources]
    audible = [note for note in notes if not is_silent(note)]
    if not audible:
        raise Error(f"{folder} holds nothing but silence")
    return audible


def _rendered(notes: list[Note], config: Config) -> list[Note]:
    if not config.target:
        return notes
    target = TARGETS[config.target]
    return [
        replace(
            note, wet=target.rendered(note.dry, config.sample_rate_hz, config.delay_compensated)
        )
        for note in notes
    ]
