"""The tracks of the experiment: excerpts of clean recordings with resonances added.

Four parts: `study` is rated, trained on and cross-validated; `held-out` comes from other
recordings and stays unseen until the end; `extra` is rated for training only, with other excerpts
and resonances on the recordings of the study, and more made-up pieces; `notes`, for training only
as well, are mixes of recorded notes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...plugin_core.errors import Error
from .recordings import SAMPLE_RATE_HZ, Recording
from .resonances import PRESETS, Audio, Resonance, add, draw

SECONDS = 6.0
SEVERITY = (0.3, 1.4)  # of a track's resonances: factor on their gains in dB
LOUDEST = 0.9  # linear: louder tracks are scaled down, together with their clean versions
COLUMNS = ("track", "part", "recording", "licence", "seed", "presets")


@dataclass(frozen=True)
class Track:
    """A row of the table of tracks; with its recording it can be made again, sample for sample."""

    name: str
    part: str
    recording: str
    licence: str
    seed: int
    presets: tuple[str, ...]  # of the resonances added, none for a clean track

    def resonances(self) -> tuple[Resonance, ...]:
        """What is added to the recording."""
        rng = np.random.default_rng([self.seed, 2])
        severity = float(rng.uniform(*SEVERITY))
        return tuple(one for preset in self.presets for one in draw(PRESETS[preset], rng, severity))

    def make(self, recording: Recording, seconds: float = SECONDS) -> tuple[Audio, Audio]:
        """Return the clean and the resonant version, each [2, samples] at SAMPLE_RATE_HZ."""
        clean = recording.excerpt(np.random.default_rng([self.seed, 3]), seconds)
        resonant = add(clean, self.resonances(), SAMPLE_RATE_HZ)
        gain = np.float32(min(1.0, LOUDEST / float(np.abs(resonant).max())))
        return clean * gain, resonant * gain


@dataclass(frozen=True)
class Plan:
    """How many tracks of each part, of recordings and of made-up pieces."""

    seed: int = 2018
    study: int = 150
    held_out: int = 40
    extra: int = 450
    notes: int = 150  # as many as there are
    tracks_per_recording: int = 6  # of the study; made-up pieces give one each
    extra_per_recording: int = 7
    held_out_recordings: int = 3
    clean_share: float = 0.1
    clean_share_held_out: float = 0.25


def plan_tracks(recordings: Sequence[Recording], plan: Plan) -> list[Track]:
    """Draw the tracks of all parts; no recording is both in the held-out part and in another.

    `recordings` as `recordings.find` returns them: real ones, made-up pieces, mixes of notes. Raise
    tonecast.Error if there are too few.
    """
    rng = np.random.default_rng(plan.seed)
    real = [one for one in recordings if one.files]
    made_up = [one for one in recordings if not one.files and not one.notes]
    of_notes = [one for one in recordings if one.notes][: plan.notes]
    real = [real[i] for i in rng.permutation(len(real))]
    apart, usual = real[: plan.held_out_recordings], real[plan.held_out_recordings :]

    studied = (usual * plan.tracks_per_recording)[: plan.study]
    pieces = iter(made_up)
    held_out = (apart * plan.held_out)[: plan.held_out // 2]
    extra = (usual * plan.extra_per_recording)[: plan.extra]
    try:
        studied += [next(pieces) for _ in range(plan.study - len(studied))]
        held_out += [next(pieces) for _ in range(plan.held_out - len(held_out))]
        extra += [next(pieces) for _ in range(plan.extra - len(extra))]
    except StopIteration:
        raise Error("too few recordings for the tracks planned: allow more made-up pieces") from (
            None
        )
    order = np.random.default_rng([plan.seed, 8]).permutation(len(extra))
    extra = [extra[i] for i in order]
    parts = {"study": studied, "held-out": held_out, "extra": extra, "notes": of_notes}
    tracks: list[Track] = []
    for part, sources in parts.items():
        clean_share = plan.clean_share_held_out if part == "held-out" else plan.clean_share
        # A fixed number of clean tracks, wherever they fall.
        clean = set(rng.permutation(len(sources))[: round(clean_share * len(sources))].tolist())
        for i, source in enumerate(sources):
            count = 0 if i in clean else int(rng.integers(1, 3))
            presets = tuple(rng.choice(list(PRESETS), count, replace=False).tolist())
            seed = int(rng.integers(2**31))
            name = f"{part}-{i:03d}"
            tracks.append(Track(name, part, source.name, source.licence, seed, presets))
    return tracks


def write_tracks(tracks: Iterable[Track], path: Path) -> None:
    """Write the table of tracks as CSV."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for track in tracks:
            writer.writerow(
                (track.name, track.part, track.recording, track.licence, track.seed,
                 "+".join(track.presets))
            )  # fmt: skip


def read_tracks(path: Path) -> list[Track]:
    """Read the table of tracks. Raise tonecast.Error if it cannot be read or is none."""
    try:
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Error(f"{path}: cannot be read: {getattr(error, 'strerror', error)}") from None
    try:
        return [
            Track(
                row["track"],
                row["part"],
                row["recording"],
                row["licence"],
                int(row["seed"]),
                tuple(preset for preset in row["presets"].split("+") if preset),
            )
            for row in rows
        ]
    except (KeyError, ValueError, AttributeError):
        raise Error(f"{path}: not a table of tracks; its columns are {', '.join(COLUMNS)}") from (
            None
        )
