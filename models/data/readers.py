"""Readers for folders of notes: one function for each layout, all giving a list of sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from ...plugin_core import Error
from .note import Source

AUDIO_SUFFIXES = frozenset({".aif", ".aiff", ".flac", ".mp3", ".ogg", ".wav"})

_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_NOTE = re.compile(r"(?<![A-Za-z0-9])([A-Ga-g])([#sb]?)(-?\d)(?![0-9])")
_SALAMANDER = re.compile(r"(?:.*_)?([A-G][#s]?\d)_?v(\d{1,2})", re.IGNORECASE)
# ABC-DDEFF-GHHI-KKKKK: instrument, make and pickup, technique - MIDI pitch, string, fret -
# effect group, effect, setting - number (from the data set's own description).
_IDMT = re.compile(r"([A-Z]\d\d)-(\d\d)(\d{3})-(\d)(\d\d)(\d)-(\d+)")
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
    files = {path.relative_to(folder): path for path in _audio_files(folder)}
    by_name = {str(name.with_suffix("")).lower(): path for name, path in files.items()}
    sources = []
    for name, dry in sorted(by_name.items()):
        for word in _WET_WORDS:
            wet = by_name.get(re.sub(r"\bdry\b|(?<=_)dry\b", word, name))
            if wet is not None and wet != dry:
                stem = re.sub(r"_*\bdry\b|_+dry\b", "", dry.stem, flags=re.IGNORECASE)
                sources.append(
                    Source(
                        dry,
                        recording=stem or dry.stem,
                        instrument=dry.parent.name,
                        pitch=pitch_in(dry.stem),
                        wet=wet,
                    )
                )
                break
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
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in AUDIO_SUFFIXES)
    return _some(files, folder, "sound files (wav, flac, aiff, ogg, mp3)")


def _some(found: Iterable, folder: Path, wanted: str) -> list:  # type: ignore[type-arg]
    found = list(found)
    if not found:
        raise Error(f"{folder} holds no {wanted}")
    return found
