"""Readers for folders of notes: one function for each layout, all giving a list of sources."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ...plugin_core.audio_files.files import READABLE
from ...plugin_core.errors import Error
from .note import Source

Found = TypeVar("Found")

_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_NOTE = re.compile(r"(?<![A-Za-z0-9])([A-Ga-g])([#sb]?)(-?\d)(?![0-9])")
_SALAMANDER = re.compile(r"(?:.*_)?([A-G][#s]?\d)_?v(\d{1,2})", re.IGNORECASE)
# ABC-DDEFF-GHHI-KKKKK: instrument, make and pickup, technique - MIDI pitch, string, fret -
# effect group, effect, setting - number (from the data set's own description).
_IDMT = re.compile(r"([A-Z]\d\d)-(\d\d)(\d{3})-(\d)(\d\d)(\d)-(\d+)")
# "dry" as a word of its own, between underscores, or as a folder.
_DRY = re.compile(r"(?<![a-z0-9])dry(?![a-z0-9])")
_WET_WORDS = ("processed", "wet")


def read_notes(folder: Path) -> list[Source]:
    """Any folder of dry notes; each file is a recording of its own.

    Files whose names hold a note, as in `guitar_eb3_f.flac`, also have a pitch.
    """
    return [
        Source(path, recording=path.stem, instrument=path.parent.name, pitch=pitch_in(path.stem))
        for path in _audio_files(folder)
    ]


def read_pairs(folder: Path) -> list[Source]:
    """Dry and processed recordings, paired by name.

    Either `x__dry.*` beside `x__processed.*` (or `x_dry.*` and `x_wet.*`), or the same names in
    the folders `dry` and `wet` (or `processed`).
    """
    files = _audio_files(folder)
    by_name = {str(path.relative_to(folder).with_suffix("")).lower(): path for path in files}
    sources = []
    for name, dry in sorted(by_name.items()):
        twins = [by_name.get(_DRY.sub(word, name), dry) for word in _WET_WORDS]
        wet = next((twin for twin in twins if twin != dry), None)
        if wet is not None:
            recording = _DRY.sub("", dry.stem.lower()).strip("_") or dry.stem
            pitch = pitch_in(dry.stem)
            sources.append(Source(dry, recording, dry.parent.name, pitch, wet))
    return _some(sources, folder, "pairs; name files x_dry.wav and x_wet.wav")


def read_salamander(folder: Path) -> list[Source]:
    """The Salamander Grand Piano: `A0v1.wav` … `C8v16.wav`, or `salamander_A0_v01.flac`.

    All velocities of a pitch count as one recording: the same string in the same room.
    """
    sources = []
    for path in _audio_files(folder):
        found = _SALAMANDER.fullmatch(path.stem)
        if found:
            note = found[1].capitalize()
            sources.append(
                Source(path, recording=f"piano {note}", instrument="piano", pitch=pitch_in(note))
            )
    return _some(sources, folder, "Salamander notes, such as A0v1.wav or salamander_A0_v01.flac")


def read_idmt(folder: Path, effect: str, setting: int) -> list[Source]:
    """Raw and processed notes of IDMT-SMT-Audio-Effects, monophonic guitar and bass.

    `effect` is a folder of the data set ("Distortion", "Overdrive", "EQ"), `setting` 1, 2 or 3.
    A processed note belongs to the raw one of the same instrument, technique, string and fret.
    """
    raw: dict[tuple[str, str], Path] = {}
    processed: dict[tuple[str, str], Path] = {}
    for path in _audio_files(folder):
        found = _IDMT.fullmatch(path.stem)
        if found is None:
            continue
        key = (found[1], found[2] + found[3])
        if path.parent.name.lower() == "nofx":
            raw[key] = path
        elif path.parent.name.lower() == effect.lower() and int(found[6]) == setting:
            processed[key] = path
    sources = [
        Source(
            raw[key],
            recording=raw[key].stem,
            instrument="bass" if key[0].startswith("B") else "guitar",
            pitch=int(key[1][:2]),
            wet=processed[key],
        )
        for key in sorted(raw.keys() & processed.keys())
    ]
    return _some(sources, folder, f"IDMT-SMT-Audio-Effects notes with {effect}, setting {setting}")


READERS: dict[str, Callable[[Path], list[Source]]] = {
    "notes": read_notes,
    "pairs": read_pairs,
    "salamander": read_salamander,
}


def pitch_in(name: str) -> int | None:
    """MIDI number of the note that a file name holds, middle C being C4 and 60."""
    found = _NOTE.search(name.replace("_", " "))
    if found is None:
        return None
    shift = {"": 0, "#": 1, "s": 1, "b": -1}[found[2]]
    return 12 * (int(found[3]) + 1) + _STEPS[found[1].lower()] + shift


def _audio_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise Error(f"{folder} is no folder; give one that holds recordings")
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in READABLE)
    return _some(files, folder, "sound files (wav, flac, aiff, ogg, mp3)")


def _some(found: list[Found], folder: Path, wanted: str) -> list[Found]:
    if not found:
        raise Error(f"{folder} holds no {wanted}")
    return found
