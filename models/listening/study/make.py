"""From a study's file to its folder: `tonecast listen make`.

    recordings ─ excerpts ─ aligned loudness ─ 17 steps of the equalizer ─ FLAC ─ study.json

Each recording's tracks are kept as soon as they are rendered, so what was stopped resumes.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ....plugin_core import Effect
from ....plugin_core.errors import Error
from ...typed_toml import build
from ..ratings import STEPS
from ..recordings import SAMPLE_RATE_HZ
from .config import StudyConfig, read_study_config
from .excerpt import choose_starts
from .noise import NOISE_S, write_noise
from .render import EFFECT, Excerpt, effect_sha256, render_track
from .sources import digest, find_sources, read_source
from .study import ANSWERS, FILE, FORMAT, Study, StudyTrack, check_sound, write_json, write_study

PARTS = "tracks"  # the folder of what is done, in that of the study
FLAC_SHARE = 0.7  # of the samples' own size; music is mostly below
PROBE_S = 2.0


@dataclass(frozen=True)
class Estimate:
    """What making a study takes: tracks in all and still to be rendered, for which the others."""

    tracks: int
    missing: int
    disk_bytes: int
    seconds: float


class StudyMaker:
    """The steps of making a study, from what earlier runs have left in its folder."""

    def __init__(self, file: Path, folder: Path) -> None:
        """Read the study's file, find its recordings and what is done. Raise tonecast.Error."""
        self.config: StudyConfig = read_study_config(file)
        self.folder = folder
        self.sources = find_sources(self.config, file.parent)
        self._digests = [digest(one) for one in self.sources]
        self._key = {"format": FORMAT, "config": asdict(self.config), "effect": effect_sha256()}
        self._check_same()

    def estimate(self) -> Estimate:
        """Disk space and time, by a probe of the equalizer. Raise tonecast.Error if it is full."""
        each = self.config.excerpts_per_recording
        missing = each * sum(self._done(i) is None for i in range(len(self.sources)))
        sound_s = missing * STEPS * self.config.excerpt_s
        disk_bytes = round(
            (2 * sound_s + NOISE_S) * SAMPLE_RATE_HZ * self.config.bits / 8 * FLAC_SHARE
        )
        place = next(one for one in (self.folder, *self.folder.resolve().parents) if one.exists())
        free = shutil.disk_usage(place).free
        if missing and free < disk_bytes:
            raise Error(
                f"{self.folder}: the study takes about {disk_bytes / 1e9:.1f} GB and "
                f"{free / 1e9:.1f} GB are free; choose another disk with --out, or shorter excerpts"
            )
        seconds = sound_s * _render_s_per_s() if missing else 0.0
        return Estimate(each * len(self.sources), missing, disk_bytes if missing else 0, seconds)

    def make(self) -> Iterator[StudyTrack]:
        """Yield each track as it is there; study.json is written at the end."""
        tracks: list[StudyTrack] = []
        for i in range(len(self.sources)):
            of_source = self._done(i) or self._render(i)
            tracks += of_source
            yield from of_source
        config = self.config
        noise = write_noise(self.folder, config.seed, config.loudness_lufs, config.bits)
        sha256 = str(self._key["effect"])
        write_study(
            Study(FORMAT, config, SAMPLE_RATE_HZ, EFFECT, sha256, noise, tuple(tracks)), self.folder
        )

    def _render(self, i: int) -> tuple[StudyTrack, ...]:
        source, config = self.sources[i], self.config
        audio = read_source(source, config.excerpt_s)
        tracks = []
        starts = choose_starts(
            source.name,
            audio,
            SAMPLE_RATE_HZ,
            config.excerpt_samples,
            config.excerpts_per_recording,
            config.seed,
        )
        for j, start in enumerate(starts):
            id_ = f"t{i * config.excerpts_per_recording + j:03d}"
            sound = audio[:, start : start + config.excerpt_samples]
            place = Excerpt(source.name, self._digests[i], start / SAMPLE_RATE_HZ, sound)
            tracks.append(render_track(place, id_, self.folder, config.loudness_lufs, config.bits))
        kept = {"key": self._key, "tracks": [asdict(one) for one in tracks]}
        write_json(kept, self._part(i))
        return tuple(tracks)

    def _done(self, i: int) -> tuple[StudyTrack, ...] | None:
        """The tracks of a source, if an earlier run has made them from the same."""
        kept = _read_json(self._part(i))
        if kept.get("key") != self._key:
            return None
        try:
            tracks: tuple[StudyTrack, ...] = build(tuple[StudyTrack, ...], kept["tracks"])
            for sound in (one for track in tracks for one in track.sounds):
                check_sound(self.folder, sound)
        except (ValueError, KeyError):
            return None
        same = all((one.recording, one.recording_sha256)
                   == (self.sources[i].name, self._digests[i]) for one in tracks)  # fmt: skip
        return tracks if same else None

    def _check_same(self) -> None:
        """Raise tonecast.Error where the folder holds a whole study of something else."""
        if not (self.folder / FILE).is_file():
            if (self.folder / ANSWERS).exists():
                raise Error(f"{self.folder} has answers and no {FILE}; choose another with --out")
            return
        whole = _read_json(self.folder / FILE)
        now = {"format": FORMAT, "config": asdict(self.config), "effect": effect_sha256()}
        was = {"format": whole.get("format"), "config": whole.get("config"),
               "effect": whole.get("effect_sha256")}  # fmt: skip
        if was != now:
            raise Error(
                f"{self.folder} was made with other settings or another equalizer; "
                f"choose another folder with --out"
            )
        made = {one["recording"]: one["recording_sha256"] for one in whole.get("tracks", ())}
        for name in sorted(made.keys() | {one.name for one in self.sources}):
            here = {one.name: self._digests[i] for i, one in enumerate(self.sources)}
            if name not in here:
                how = "is gone"
            elif name not in made:
                how = "is new"
            elif made[name] != here[name]:
                how = "has changed"
            else:
                continue
            raise Error(
                f"the recording {name} {how} since {self.folder} was made; "
                f"put the recordings back, or make another study with --out"
            )

    def _part(self, i: int) -> Path:
        return self.folder / PARTS / f"{i:03d}.json"


def _read_json(path: Path) -> dict[str, Any]:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def _render_s_per_s(clock: Callable[[], float] = time.perf_counter) -> float:
    """How long the equalizer takes for a second of stereo, on this machine as it is now."""
    noise = np.random.default_rng(0).standard_normal((2, round(PROBE_S * SAMPLE_RATE_HZ)))
    effect = Effect(EFFECT)
    effect.process_planar(np.asarray(0.1 * noise[:, :8192], np.float32), SAMPLE_RATE_HZ)
    begin = clock()
    effect.process_planar(np.asarray(0.1 * noise, np.float32), SAMPLE_RATE_HZ)
    return (clock() - begin) / PROBE_S
