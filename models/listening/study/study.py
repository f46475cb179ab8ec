"""A study that has been made: its folder, and the table of its sounds in study.json."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ....plugin_core.atomic_write import atomic_write
from ....plugin_core.errors import Error
from ...typed_toml import build
from .config import StudyConfig
from .flac import Sound

FORMAT = 1
FILE = "study.json"
ANSWERS = "answers.sqlite3"


@dataclass(frozen=True)
class StudyTrack:
    """A track: the recording it is an excerpt of, and its sounds in the order of the slider.

    `loudness_lufs` is that of the untouched excerpt, after a gain of `gain_db`.
    """

    id: str
    recording: str
    recording_sha256: str
    start_s: float
    gain_db: float
    loudness_lufs: float
    sounds: tuple[Sound, ...]


@dataclass(frozen=True)
class Study:
    """What study.json holds. It has no date and no path of a machine: made again, it is equal."""

    format: int
    config: StudyConfig
    sample_rate_hz: int
    effect: str
    effect_sha256: str
    noise: Sound
    tracks: tuple[StudyTrack, ...]
    labels: tuple[str, ...] = ()  # of the sounds of each track, in a blind test

    def track(self, id_: str) -> StudyTrack:
        """The track of an id. Raise KeyError."""
        return {one.id: one for one in self.tracks}[id_]


def write_study(study: Study, folder: Path) -> None:
    """Write study.json. Raise tonecast.Error where it cannot be written."""
    write_json(asdict(study), folder / FILE)


def read_study(folder: Path) -> Study:
    """Read study.json and check that all sounds are there.

    Raise tonecast.Error for a folder that holds no study, or one whose sounds are missing or not as
    they were made.
    """
    path = folder / FILE
    if not path.is_file():
        raise Error(f"{folder} is no study that has been made; see tonecast listen make --help")
    try:
        study: Study = build(Study, json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise Error(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise Error(f"{path}: not a study's table ({error}); make it again") from None
    if study.format != FORMAT:
        raise Error(f"{path}: has format {study.format}, which this tonecast does not know")
    for sound in (study.noise, *(one for track in study.tracks for one in track.sounds)):
        check_sound(folder, sound)
    return study


def check_sound(folder: Path, sound: Sound) -> None:
    """Raise tonecast.Error where a sound is missing or has another length."""
    path = folder / sound.file
    if not path.is_file():
        raise Error(f"{path} is missing; run tonecast listen make again")
    if path.stat().st_size != sound.bytes:
        raise Error(f"{path} is not as it was made; delete it and run tonecast listen make again")


def write_json(values: Any, path: Path) -> None:
    """Write JSON, whole or not at all. Raise tonecast.Error where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as draft:
            draft.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise Error(f"{path}: cannot be written: {error.strerror}") from None
