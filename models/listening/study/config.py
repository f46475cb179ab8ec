"""The configuration of a listening study, as a small TOML file: see docs/listening.md."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ....plugin_core.errors import Error
from ...typed_toml import build, read_toml
from ..recordings import SAMPLE_RATE_HZ

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
BITS = (16, 24)
MIN_EXCERPT_S = 3.0
MAX_EXCERPT_S = 120.0  # 17 of it in stereo are 720 MB in a browser


@dataclass(frozen=True)
class StudyConfig:
    """Everything that determines a study: the same file and recordings give the same sounds.

    `test` is what raters do: choose an attenuation, tell X from A and B, or score sounds beside a
    reference. `recordings` is a folder, relative to the file; `demo_tracks` synthesized mixes with
    known resonances are added. A rater hears `repeat_share` of the tracks twice, hidden among the
    others, has a break after every `break_every` tracks, and hears `noise_s` of pink noise between
    two of them, with `silence_s` before and after. `contact` is shown to raters.
    """

    name: str
    test: Literal["attenuation", "abx", "mushra"] = "attenuation"
    recordings: str = ""
    demo_tracks: int = 0
    seed: int = 2018
    excerpt_s: float = 20.0
    excerpts_per_recording: int = 1
    loudness_lufs: float = -23.0
    bits: int = 16
    equal_loudness: bool = True
    repeat_share: float = 0.1
    break_every: int = 50
    noise_s: float = 10.0
    silence_s: float = 1.0
    contact: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for what no study can be made of."""
        if not NAME.fullmatch(self.name):
            raise ValueError(f"name is {self.name!r}; write it with a-z, 0-9 and -")
        if not self.recordings and not self.demo_tracks:
            raise ValueError("nothing to hear; give a folder of recordings, or demo_tracks = 6")
        if self.bits not in BITS:
            raise ValueError(f"bits must be 16 or 24, not {self.bits}")
        ranges = {
            "demo_tracks": (self.demo_tracks, 0, 1000),
            "seed": (self.seed, 0, 2**31 - 1),
            "excerpt_s": (self.excerpt_s, MIN_EXCERPT_S, MAX_EXCERPT_S),
            "excerpts_per_recording": (self.excerpts_per_recording, 1, 100),
            "loudness_lufs": (self.loudness_lufs, -40, -14),
            "repeat_share": (self.repeat_share, 0, 0.5),
            "break_every": (self.break_every, 1, 1000),
            "noise_s": (self.noise_s, 0, 60),
            "silence_s": (self.silence_s, 0, 10),
        }
        for name, (value, low, high) in ranges.items():
            if not (math.isfinite(value) and low <= value <= high):
                raise ValueError(f"{name} must be from {low:g} to {high:g}, not {value:g}")

    @property
    def excerpt_samples(self) -> int:
        """Length of an excerpt at the study's rate."""
        return round(self.excerpt_s * SAMPLE_RATE_HZ)


def read_study_config(path: Path) -> StudyConfig:
    """Read a study's file. Raise tonecast.Error for one that is none."""
    try:
        config: StudyConfig = build(StudyConfig, read_toml(path))
    except ValueError as error:  # tonecast.Error is one, and has the path
        raise error if isinstance(error, Error) else Error(f"{path}: {error}") from None
    if config.test != "attenuation":
        raise Error(f"{path}: a blind test takes no file; see tonecast listen make --help")
    return config
