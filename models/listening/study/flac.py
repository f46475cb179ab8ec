"""FLAC files of a study: written with correct rounding, described by what is in them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....plugin_core.audio_files.files import open_audio, whole_file
from ..recordings import SAMPLE_RATE_HZ
from ..resonances import Audio


@dataclass(frozen=True)
class Sound:
    """A file in the study's folder; played equally loud with a gain of `match_db`."""

    file: str
    bytes: int
    sha256: str
    match_db: float = 0.0


def write_sound(
    audio: Audio,
    folder: Path,
    file: str,
    bits: int,
    match_db: float = 0.0,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
) -> Sound:
    """Write `audio` [channels, samples]. Raise tonecast.Error."""
    path = folder / file
    with whole_file(path, sample_rate_hz, audio.shape[0], bits) as sink:
        sink.write(audio)
    held = path.read_bytes()
    return Sound(file, len(held), hashlib.sha256(held).hexdigest(), round(match_db, 3))


def read_sound(folder: Path, sound: Sound) -> Audio:
    """The samples [channels, samples] of a file of the study. Raise tonecast.Error."""
    with open_audio(folder / sound.file) as reader:
        return np.asarray(reader.read(reader.frames), np.float32)
