"""Training material: single notes, dry, and wet if there is a target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ...plugin_core.audio_files.files import open_audio
from ...plugin_core.errors import Error
from ...plugin_core.samples import Samples

SILENT_PEAK_DB = -80.0


@dataclass(frozen=True)
class Source:
    """The files of a note: dry, and wet if there is one.

    `pitch` is a MIDI note number, if known. `recording` names what the note was taken from: notes
    of one recording never stand on both sides of a split.
    """

    dry: Path
    recording: str
    instrument: str = ""
    pitch: int | None = None
    wet: Path | None = None


@dataclass(frozen=True)
class Note:
    """A note in memory: `dry` and, once there is a target, `wet`, both [samples] at one rate.

    `conditions` are the places of the device's knobs, 0 to 1, if there are any.
    """

    name: str
    recording: str
    instrument: str
    pitch: int | None
    dry: Samples
    wet: Samples | None = None
    conditions: tuple[float, ...] = ()


def load(source: Source, sample_rate_hz: int, longest_s: float) -> Note:
    """Decode a note, mixed to mono, resampled, cut to `longest_s`.

    Raise tonecast.Error for a file that cannot be read, and for a pair that does not match.
    """
    dry = read_mono(source.dry, sample_rate_hz, longest_s)
    note = Note(source.dry.stem, source.recording, source.instrument, source.pitch, dry)
    if source.wet is None:
        return note
    wet = read_mono(source.wet, sample_rate_hz, longest_s)
    if abs(len(wet) - len(dry)) > sample_rate_hz // 10:
        raise Error(
            f"{source.dry} has {len(dry) / sample_rate_hz:.2f} s and {source.wet} "
            f"{len(wet) / sample_rate_hz:.2f} s; cut both to the same length"
        )
    shortest = min(len(dry), len(wet))
    return replace(note, dry=dry[:shortest], wet=wet[:shortest])


def read_mono(path: Path, sample_rate_hz: int, longest_s: float) -> Samples:
    """Sound of a file [samples], float32, the mean of its channels. Raise tonecast.Error."""
    with open_audio(path) as file, file.resampled_to(sample_rate_hz) as resampled:
        audio = resampled.read(round(longest_s * sample_rate_hz))
    if not np.isfinite(audio).all():
        raise Error(f"{path} holds NaN or infinite samples; export it again")
    mono: Samples = audio.mean(axis=0, dtype=np.float32)
    return mono


def is_silent(note: Note) -> bool:
    """Whether a note is silence: its peak is below −80 dBFS."""
    return float(np.abs(note.dry).max()) < 10 ** (SILENT_PEAK_DB / 20)
