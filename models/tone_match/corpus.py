"""Recordings whose licence permits it, as powers of bands, frame by frame."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from pedalboard.io import AudioFile
from torch import Tensor

from ..listening.note_mix import band_notes, note_mix
from ..listening.recordings import permitted
from .bands import ErbBands
from .tone_match import CURVE, SAMPLE_RATE_HZ

FOLDERS = ("music", "guitar")
PHRASES = re.compile(r"music/|guitar/phrase_")  # no single notes
SHORTEST_S = 5.0
MIX, MIX_S = "mix-of-notes-", 60.0
# Files of one session, instrument or player are on one side of a split.
SESSION = re.compile(r"stems_mdn|phrase_gulmini|phrase_cycfi")


@dataclass(frozen=True)
class Track:
    """A recording: `power` is [bands, frames], 1 for a sine at full scale."""

    name: str
    session: str
    licences: tuple[str, ...]
    power: Tensor


def read_tracks(audio_folder: Path, mixes: int = 20) -> list[Track]:
    """All music and phrases of a folder with a MANIFEST.csv, then mixes of its single notes.

    Raise tonecast.Error without a manifest.
    """
    allowed = permitted(audio_folder)
    return [*_recordings(audio_folder, allowed), *_mixes(audio_folder, allowed, mixes)]


def _recordings(folder: Path, allowed: Mapping[str, str]) -> Iterator[Track]:
    for file, licence in allowed.items():
        if not PHRASES.match(file):
            continue
        with AudioFile(str(folder / file)).resampled_to(SAMPLE_RATE_HZ) as audio:
            sound = torch.from_numpy(audio.read(int(audio.frames)))
        if sound.shape[1] < SHORTEST_S * SAMPLE_RATE_HZ:
            continue
        name = Path(file).stem
        match = SESSION.match(name)
        session = match[0] if match else name
        yield Track(name, session, (licence,), band_power(sound))


def _mixes(folder: Path, allowed: Mapping[str, str], count: int) -> Iterator[Track]:
    named = {str(one.dry.relative_to(folder)): one for one in band_notes(folder)}
    notes = [one for file, one in named.items() if file in allowed]
    licences = tuple(sorted({allowed[file] for file in named if file in allowed}))
    for seed in range(count if notes else 0):
        sound = note_mix(notes, seed, MIX_S, SAMPLE_RATE_HZ)
        name = f"{MIX}{seed:03d}"
        yield Track(name, name, licences, band_power(torch.from_numpy(sound).float()))


def band_power(sound: Tensor) -> Tensor:
    """Powers [bands, frames] of a sound [channels, samples] at SAMPLE_RATE_HZ."""
    bands = ErbBands(CURVE.bins, SAMPLE_RATE_HZ / CURVE.transform_samples)
    return bands.powers(10 ** (CURVE.levels_db(sound) / 10))[0]
