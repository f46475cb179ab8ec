"""Clean material: recordings beside the repository whose licence permits it, and made-up mixes.

A recording is the unit that is never split between training and test; stems of one song are one
recording and are played together. Only mixes are used, as in the paper's listening test, and
made-up mixes are as dense: the partials of a single instrument stand out as far as any resonance,
so its ratings would say more about the instrument than about resonances.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pedalboard.io import AudioFile

from ...plugin_core.errors import Error
from ..data.note import Source
from .note_mix import band_notes, note_mix
from .resonances import Audio
from .synthetic_mix import synthetic_mix

SAMPLE_RATE_HZ = 44_100
FOLDER = "music"
# No CC-BY with a suffix (SA, NC, …) and no LGPL: their terms might reach what is trained on them.
PERMITTED = re.compile(r"CC0|CC-BY-\d|MIT|BSL-1\.0|Public domain")
SOLOS = re.compile(r"acoustic_guitar|guit_|solo_|vocals_")  # how names of no mixes begin
PEAK = 0.5  # linear; leaves 6 dB for resonances, more is scaled down


@dataclass(frozen=True)
class Recording:
    """A source of clean sound: `files` played together, `notes` to play, or a synthesized mix.

    `licence` is several, joined by +, where the notes have several.
    """

    name: str
    licence: str
    files: tuple[Path, ...] = ()
    notes: tuple[Source, ...] = ()
    seed: int = 0

    def excerpt(self, rng: np.random.Generator, seconds: float) -> Audio:
        """Stereo [2, samples] at SAMPLE_RATE_HZ, `seconds` long or as long as the file is."""
        if self.notes:
            audio = note_mix(self.notes, self.seed, seconds, SAMPLE_RATE_HZ).astype(np.float32)
        elif not self.files:
            audio = synthetic_mix(self.seed, seconds, SAMPLE_RATE_HZ).astype(np.float32)
        else:
            stems = [_read(file) for file in self.files]
            length = min(stem.shape[1] for stem in stems)
            audio = np.sum([stem[:, :length] for stem in stems], axis=0)
            room = length - round(seconds * SAMPLE_RATE_HZ)
            start = int(rng.integers(room + 1)) if room > 0 else 0
            audio = audio[:, start : start + round(seconds * SAMPLE_RATE_HZ)]
        peak = float(np.abs(audio).max())
        return np.asarray(audio * (PEAK / max(peak, 1e-6)), np.float32)


def find(audio_folder: Path | None, synthetic: int, of_notes: int = 0) -> list[Recording]:
    """All permitted recordings of a folder with a MANIFEST.csv, then made-up mixes.

    `synthetic` mixes are synthesized; `of_notes` mixes are made of the folder's notes, none without
    a folder. Raise tonecast.Error for a folder without a readable manifest.
    """
    found: dict[str, Recording] = {}
    mixes: list[Recording] = []
    if audio_folder is not None:
        allowed = permitted(audio_folder)
        mixes = _of_notes(audio_folder, allowed, of_notes)
        for file, licence in allowed.items():
            name = _recording_name(file)
            if not file.startswith(f"{FOLDER}/") or SOLOS.match(name):
                continue
            files = (*found[name].files, audio_folder / file) if name in found else (
                audio_folder / file,
            )  # fmt: skip
            found[name] = Recording(name, licence, files)
    pieces = [Recording(f"synthetic-{seed:03d}", "own", seed=seed) for seed in range(synthetic)]
    return [*found.values(), *pieces, *mixes]


def _of_notes(folder: Path, permitted: dict[str, str], count: int) -> list[Recording]:
    notes = {str(one.dry.relative_to(folder)): one for one in band_notes(folder)}
    usable = {file: one for file, one in notes.items() if file in permitted}
    if not usable:
        return []
    licence = "+".join(sorted({permitted[file] for file in usable}))
    band = tuple(usable.values())
    return [Recording(f"notes-{i:03d}", licence, notes=band, seed=i) for i in range(count)]


def permitted(folder: Path) -> dict[str, str]:
    """Licences of the files that may be used."""
    manifest = folder / "MANIFEST.csv"
    try:
        with manifest.open(newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise Error(f"{manifest}: cannot be read: {error.strerror}") from None
    return {
        row["file"]: row["licence"].split(" (")[0].split(",")[0]
        for row in rows
        if PERMITTED.match(row["licence"])
    }


def _recording_name(file: str) -> str:
    name = Path(file).stem
    return "stems_mdn" if name.startswith("stems_mdn") else name


def _read(path: Path) -> Audio:
    with AudioFile(str(path)).resampled_to(SAMPLE_RATE_HZ) as file:
        audio = file.read(file.frames)
    return np.asarray(audio if audio.shape[0] == 2 else np.repeat(audio[:1], 2, axis=0))
