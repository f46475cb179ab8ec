"""What a study is made of: recordings of a folder, and synthesized mixes with resonances."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....plugin_core.audio_files.files import READABLE, open_audio
from ....plugin_core.errors import Error
from .. import recordings as material
from ..recordings import SAMPLE_RATE_HZ
from ..resonances import Audio
from ..tracks import Plan, Track, plan_tracks
from .config import StudyConfig


@dataclass(frozen=True)
class Source:
    """A recording: a file, whose name is its path in the folder, or a synthesized track."""

    name: str
    path: Path | None = None
    demo: Track | None = None


def find_sources(config: StudyConfig, folder: Path) -> list[Source]:
    """All recordings in name order, then the demo tracks. `folder` is that of the study's file.

    Raise tonecast.Error for a folder that is missing or has no recordings.
    """
    found = []
    if config.recordings:
        recordings = folder / config.recordings
        if not recordings.is_dir():
            raise Error(f"{recordings}: there is no such folder; see 'recordings' in the study")
        files = [one for one in recordings.rglob("*") if one.suffix.lower() in READABLE]
        named = sorted((one.relative_to(recordings).as_posix(), one) for one in files)
        if not named:
            raise Error(f"{recordings} has no recordings ({', '.join(sorted(READABLE))})")
        found = [Source(name, path) for name, path in named]
    return [*found, *(Source(one.recording, demo=one) for one in demo_tracks(config))]


def demo_tracks(config: StudyConfig) -> list[Track]:
    """Synthesized mixes with resonances added, as the simulated experiment has them."""
    if config.demo_tracks == 0:
        return []
    plan = Plan(seed=config.seed, study=config.demo_tracks, held_out=0, extra=0, notes=0,
                held_out_recordings=0)  # fmt: skip
    return plan_tracks(material.find(None, config.demo_tracks), plan)


def digest(source: Source) -> str:
    """SHA-256 of a recording's file; of a demo track, of what determines it."""
    if source.path is None:
        return hashlib.sha256(repr(source.demo).encode()).hexdigest()
    try:
        found = hashlib.sha256()
        with source.path.open("rb") as file:
            while piece := file.read(1 << 20):
                found.update(piece)
        return found.hexdigest()
    except OSError as error:
        raise Error(f"{source.path}: cannot be read: {error.strerror}") from None


def read_source(source: Source, seconds: float) -> Audio:
    """The whole sound [1 or 2, samples] at SAMPLE_RATE_HZ; a demo track is `seconds` long.

    Raise tonecast.Error for a file that cannot be read, is surround sound, or not finite.
    """
    if source.demo is not None:
        recording = next(
            one for one in material.find(None, _number(source.demo) + 1)
            if one.name == source.demo.recording
        )  # fmt: skip
        return source.demo.make(recording, seconds)[1]
    if source.path is None:
        raise ValueError("a source is a file or a demo track")
    with open_audio(source.path) as file, file.resampled_to(SAMPLE_RATE_HZ) as resampled:
        if file.num_channels > 2:
            raise Error(f"{source.path} has {file.num_channels} channels; mix it to stereo first")
        # Of some formats the length is an estimate.
        try:
            audio = resampled.read(round(1.1 * file.duration * SAMPLE_RATE_HZ) + SAMPLE_RATE_HZ)
        except RuntimeError as error:
            raise Error(f"{source.path} is damaged: {error}") from None
    if not np.isfinite(audio).all():
        raise Error(f"{source.path} holds NaN or infinite samples; export it again")
    return np.asarray(audio, np.float32)


def _number(track: Track) -> int:
    return int(track.recording.removeprefix("synthetic-"))
