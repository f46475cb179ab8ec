"""From a dry/wet pair and effects to a blind test: `tonecast listen make --abx` or `--mushra`.

dry ─ effects ──────────────────┐
wet (aligned) ──────────────────┼─ excerpts ─ equal loudness ─ FLAC ─ study.json
           └─ low anchor (MUSHRA) ┘
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from ....plugin_core import Effect
from ....plugin_core.effect_files.catalog import find_effect
from ....plugin_core.errors import Error
from ...data.pair.pair import Pair, read_pair
from ..mushra.anchor import LABEL, low_anchor
from ..resonances import Audio
from ..study.config import StudyConfig
from ..study.excerpt import choose_starts, soften_ends
from ..study.flac import Sound, write_sound
from ..study.loudness import aligning_gain_db, loudness_lufs
from ..study.noise import write_noise
from ..study.render import AUDIO
from ..study.study import ANSWERS, FILE, FORMAT, Study, StudyTrack, write_study

BITS = 24  # the noise of 16 bits could be the difference that is heard
MAX_EFFECTS = 8
MIN_LUFS = -70.0


class BlindTestMaker:
    """A blind test of effects beside the device that they imitate."""

    def __init__(
        self,
        pair: tuple[Path, Path],
        effects: Sequence[str],
        folder: Path,
        name: str,
        excerpts: int,
        excerpt_s: float,
        test: Literal["abx", "mushra"] = "abx",
    ) -> None:
        """Read and align the pair, and find the effects. Raise tonecast.Error."""
        if (folder / FILE).exists() or (folder / ANSWERS).exists():
            raise Error(f"{folder} holds a study; choose another folder with --out")
        if not 1 <= len(effects) <= MAX_EFFECTS:
            raise Error(f"name 1 to {MAX_EFFECTS} effects to compare with {pair[1]}")
        try:
            self.config = StudyConfig(
                name=name,
                test=test,
                recordings=f"{pair[0].name}, {pair[1].name}",
                excerpt_s=excerpt_s,
                excerpts_per_recording=excerpts,
                bits=BITS,
                repeat_share=0,
                noise_s=0,
                silence_s=0.5,
            )
        except ValueError as error:
            raise Error(str(error)) from None
        self.effects = [Effect(one) for one in effects]
        graphs = [find_effect(one).contract.parity.graph_sha256 for one in effects]
        self._effects_sha256 = hashlib.sha256(" ".join(graphs).encode()).hexdigest()
        self._effect_names = tuple(Path(one).name for one in effects)
        anchor = (LABEL,) if test == "mushra" else ()
        self.labels = (pair[1].name, *self._effect_names, *anchor)
        self.folder, self._names = folder, pair
        self.pair: Pair = read_pair(*pair)

    def make(self) -> Iterator[StudyTrack]:
        """Yield each excerpt as its sounds are there; study.json is written at the end."""
        config, rate_hz = self.config, self.pair.sample_rate_hz
        dry, wet = (np.asarray(one, np.float32)[None] for one in (self.pair.dry, self.pair.wet))
        versions = [wet, *(one.process_planar(dry, rate_hz)[:1] for one in self.effects)]
        if config.test == "mushra":
            versions.append(low_anchor(wet, rate_hz))
        length = round(config.excerpt_s * rate_hz)
        starts = choose_starts(
            self._names[1].name, wet, rate_hz, length, config.excerpts_per_recording, config.seed
        )
        sha256 = [hashlib.sha256(one.read_bytes()).hexdigest() for one in self._names]
        tracks = []
        for i, start in enumerate(starts):
            parts = [soften_ends(one[:, start : start + length], rate_hz) for one in versions]
            sounds, gain_db = self._write(f"t{i:03d}", parts)
            lufs = round(loudness_lufs(parts[0], rate_hz) + gain_db, 2)
            place = round(start / rate_hz, 4)
            tracks.append(
                StudyTrack(
                    f"t{i:03d}", self._names[1].name, sha256[1], place, gain_db, lufs, sounds
                )
            )
            yield tracks[-1]
        noise = write_noise(self.folder, config.seed, config.loudness_lufs, BITS, rate_hz)
        write_study(
            Study(
                FORMAT,
                config,
                rate_hz,
                ", ".join(self._effect_names),
                self._effects_sha256,
                noise,
                tuple(tracks),
                self.labels,
            ),
            self.folder,
        )

    def _write(self, id_: str, parts: Sequence[Audio]) -> tuple[tuple[Sound, ...], float]:
        """All versions of an excerpt, as loud as each other: else loudness is what is heard."""
        rate_hz, target = self.pair.sample_rate_hz, self.config.loudness_lufs
        for label, part in zip(self.labels, parts, strict=True):
            if loudness_lufs(part, rate_hz) < MIN_LUFS:
                raise Error(f"{label} is silent in an excerpt; leave it out")
        gains_db = [aligning_gain_db(one, rate_hz, target) for one in parts]
        # Where peaks leave no room for one of them, all are quieter.
        missing_db = max(
            target - loudness_lufs(one, rate_hz) - gain
            for one, gain in zip(parts, gains_db, strict=True)
        )
        sounds = []
        for i, part in enumerate(parts):
            gain_db = target - missing_db - loudness_lufs(part, rate_hz)
            audio = np.asarray(part * 10 ** (gain_db / 20), np.float32)
            file = f"{AUDIO}/{id_}-{i:02d}.flac"
            sounds.append(write_sound(audio, self.folder, file, BITS, 0.0, rate_hz))
        reference_db = target - missing_db - loudness_lufs(parts[0], rate_hz)
        return tuple(sounds), round(reference_db, 3)
