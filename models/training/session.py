"""From a config to a trainer: read the notes, split, augment, render the target, cut frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ...plugin_core.errors import Error
from ..data.chord import with_chords
from ..data.frames import Frames
from ..data.gain import with_gains
from ..data.note import Note, is_silent, load
from ..data.pitch_shift import with_shifts
from ..data.readers import READERS, read_idmt
from ..data.segments import Segments
from ..data.split import NoteSplit, split
from ..data.synthetic import noise_notes, synthetic_notes
from ..families.causal_family import CausalFamily
from ..targets import TARGETS
from . import checkpoint
from .checkpoint import Weights
from .config import Config
from .loop import Trainer


def make_trainer(config: Config, path: Path, device: str = "cpu") -> tuple[Trainer, NoteSplit]:
    """The trainer that saves to `path`, and its notes. Raise tonecast.Error."""
    first = _first_weights(config, path.parent)
    notes = prepare(config)
    training, validation = (examples(side, config) for side in (notes.training, notes.validation))
    return Trainer(config, training, validation, path, device, first), notes


def examples(
    notes: Sequence[Note], config: Config, silence_before: bool = True
) -> Frames | Segments:
    """Notes that have their targets, as the frames that the config's model plays, or segments.

    Raise tonecast.Error where no note is long enough for a segment; see `Segments` for
    `silence_before`.
    """
    if isinstance(config.family, CausalFamily):
        past_samples = config.family.prewarm_samples(config.size)
        return Segments(notes, config.segment_samples, past_samples, silence_before)
    plays = config.frame_format
    return Frames(notes, plays.frame_size_samples, config.hop_size_samples, plays.analysis_window)


def prepare(config: Config) -> NoteSplit:
    """The notes of a config, dry and wet, split. Only training notes are augmented.

    Raise tonecast.Error for data that cannot be read or are too few.
    """
    sides = split(_read(config), config.data.held_out)
    held_out = {note.pitch for note in (*sides.validation, *sides.test)} - {None}
    shifted = [
        note
        for note in with_shifts(sides.training, config.data.pitch_shifts_semitones)
        if note.pitch not in held_out
    ]
    played = with_chords(shifted, config.seed) if config.data.chords else shifted
    training = with_gains(played, config.data.gains_db)
    return NoteSplit(
        *(_rendered(side, config) for side in (training, sides.validation, sides.test))
    )


def held_out_notes(config: Config) -> list[Note]:
    """The notes that `prepare` keeps for the test, without the time that the others take."""
    return _rendered(split(_read(config), config.data.held_out).test, config)


def _first_weights(config: Config, folder: Path) -> Weights | None:
    """The best weights of the training that the config starts from."""
    if not config.starts_from:
        return None
    path = folder / f"{config.starts_from}.pt"
    if not path.exists():
        raise Error(
            f"{config.name} starts from {path}, which is not there; "
            f"run 'tonecast train {config.starts_from} --out {folder}' first"
        )
    found = checkpoint.load(path)
    if (found.config.model, found.config.size) != (config.model, config.size):
        raise Error(f"{path}: a model of another shape than {config.name}, which starts from it")
    return found.best


def _read(config: Config) -> list[Note]:
    data, rate_hz = config.data, config.sample_rate_hz
    if data.layout == "synthetic":
        return synthetic_notes(rate_hz, data.longest_s, config.seed)
    if data.layout == "noise":
        return noise_notes(rate_hz, data.longest_s, config.seed)
    folder = Path(data.folder)
    if data.layout == "idmt":
        sources = read_idmt(folder, data.effect, data.setting)
    else:
        places = [folder / part for part in data.parts] or [folder]
        sources = [source for place in places for source in READERS[data.layout](place)]
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
