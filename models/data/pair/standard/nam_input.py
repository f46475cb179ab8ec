"""NAM's own input files: what is where in them, by neural-amp-modeler 0.13 (nam/train/core.py).

NAM's trainer knows a file by the MD5 of its first and last seconds, as float64 samples; what lies
between them may be anything. So do we. Files that were exported anew with other samples (16 bits,
another rate) are known by what no other recording has: two clicks alone in silence, a second apart,
and the same music at both places that are for validation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from .....plugin_core.samples import Samples
from .isolated_clicks import IsolatedClick
from .standard import Standard, Stretch

Sound = NDArray[Any]

VALIDATION_S = 9.0
ENDS_S = 20
CLICK_DISTANCE_S = 1.0
AGREE_S = 0.0002
SAME_DB = -50.0  # of the difference of two copies of the validation music
FEW_CLICKS = 6  # a click track has more


@dataclass(frozen=True)
class Version:
    """A version of the file: how it begins and ends, and what is where.

    Times below zero count from the end of the file. The digests are those of the first
    `first_s` and the last `last_s` seconds.
    """

    name: str
    sample_rate_hz: int
    first_s: int
    last_s: int
    digests: tuple[tuple[str, str], ...]
    clicks_s: Sequence[float]
    training: Stretch
    validation: Stretch
    test: Stretch

    @property
    def repeats(self) -> bool:
        """Whether validation and test hold the same music, played twice."""
        return self.validation != self.test


# 3: music for validation, silence, clicks at 10.5 s, sweeps and noise, training, and the same music
# for validation again. 2: clicks at both ends, the music twice before the last ones. 1 and Proteus
# have that music once: training ends a tenth of a second before it, as there is no silence between.
VERSIONS = (
    Version(
        "NAM's input file, version 3",
        48_000,
        17,
        9,
        (("dadb5d62f6c3973a59bf01439799809b", "8458126969a3f9d8e19a53554eb1fd52"),),
        (10.5, 11.5),
        training=(10.0, -9.0),
        validation=(0.0, 9.0),
        test=(-9.0, 0.0),
    ),
    Version(
        "NAM's input file, version 2",
        48_000,
        8,
        20,
        (("1c4d94fbcb47e4d820bef611c1d4ae65", "28694e7bf9ab3f8ae6ef86e9545d4663"),),
        (0.5, 1.5, -1.5, -0.5),
        training=(0.0, -20.0),
        validation=(-20.0, -11.0),
        test=(-11.0, -2.0),
    ),
    Version(
        "NAM's input file, version 1",
        48_000,
        7,
        9,
        (
            ("bb4e140c9299bae67560d280917eb52b", "9b2468fcb6e9460a399fc5f64389d353"),
            ("9f20c6b5f7fef68dd88307625a573a14", "8458126969a3f9d8e19a53554eb1fd52"),
        ),
        (0.25, 0.75),
        training=(0.0, -9.1),
        validation=(-9.0, 0.0),
        test=(-9.0, 0.0),
    ),
    # Its first click is the first sample, with nothing before it to compare with, and is left out.
    Version(
        "Proteus' input file",
        44_100,
        1,
        0,
        (("46151c8030798081acc00a725325a07d", ""),),
        (0.5,),
        training=(1.0, -10.1),
        validation=(-10.0, 0.0),
        test=(-10.0, 0.0),
    ),
)


def recognise_nam(
    path: Path, dry: Samples, sample_rate_hz: int, clicks: Sequence[IsolatedClick]
) -> tuple[Standard | None, str]:
    """The input file that `dry` [samples] of `path` is, and what is wrong with it, if anything.

    With a flaw but no recording it looks like such a file and is not all of one.
    """
    rate_hz, first, last = ends_of(path)
    duration_s = len(dry) / sample_rate_hz
    for version in VERSIONS:
        if rate_hz == version.sample_rate_hz and digests(version, first, last) in version.digests:
            return standard_of(version, duration_s), ""
    for version in VERSIONS:
        if version.repeats and _is_laid_out_as(version, dry, sample_rate_hz, clicks):
            resampled = rate_hz != version.sample_rate_hz
            flaw = f"was resampled to {rate_hz} Hz" if resampled else ""
            return standard_of(version, duration_s), flaw
    if _has_its_clicks(clicks):
        return None, "looks like an input file of NAM that was cut, or of a version not known here"
    return None, ""


def digests(version: Version, first: Sound, last: Sound) -> tuple[str, str]:
    """MD5 of a file's first and last seconds, as far as the version has them.

    `first` and `last` are at least as many samples of its beginning and end, float64.
    """

    def digest(part: Sound) -> str:
        exact = np.ascontiguousarray(part, "<f8") + 0.0  # a file of floats may hold −0
        return hashlib.md5(exact.tobytes(), usedforsecurity=False).hexdigest()

    rate_hz = version.sample_rate_hz
    begins = digest(first[: version.first_s * rate_hz])
    return begins, digest(last[-version.last_s * rate_hz :]) if version.last_s else ""


def ends_of(path: Path) -> tuple[int, Sound, Sound]:
    """Sample rate of a file, and its first and last 20 s [samples each], of its first channel.

    Integers are divided by a power of two, as NAM does it; `open_audio` divides by the largest one.
    """
    try:
        with soundfile.SoundFile(path) as file:
            samples = min(ENDS_S * file.samplerate, file.frames)
            first = file.read(samples, dtype="float64", always_2d=True)[:, 0]
            file.seek(file.frames - samples)
            return file.samplerate, first, file.read(dtype="float64", always_2d=True)[:, 0]
    except (soundfile.LibsndfileError, RuntimeError):  # of a format that NAM does not read
        return 0, np.zeros(0), np.zeros(0)


def standard_of(version: Version, duration_s: float) -> Standard:
    """What is where in a file of that version that lasts `duration_s`."""

    def from_begin(stretch: Stretch) -> Stretch:
        begin_s, end_s = stretch
        return (
            begin_s if begin_s >= 0 else begin_s + duration_s,
            end_s if end_s > 0 else end_s + duration_s,
        )

    return Standard(
        version.name,
        tuple(s if s >= 0 else s + duration_s for s in version.clicks_s),
        training=from_begin(version.training),
        validation=from_begin(version.validation),
        test=from_begin(version.test),
        repeats=version.repeats,
    )


def _is_laid_out_as(
    version: Version, dry: Samples, sample_rate_hz: int, clicks: Sequence[IsolatedClick]
) -> bool:
    duration_s = len(dry) / sample_rate_hz
    if duration_s < version.first_s + version.last_s:
        return False
    standard = standard_of(version, duration_s)
    if not all(any(abs(c.time_s - s) <= AGREE_S for c in clicks) for s in standard.clicks_s):
        return False
    first, second = (
        dry[round(begin_s * sample_rate_hz) :][: round(VALIDATION_S * sample_rate_hz)].astype(float)
        for begin_s, _ in (standard.validation, standard.test)
    )
    if len(first) != len(second):
        return False
    difference, power = np.square(first - second).sum(), np.square(first).sum()
    return bool(power > 0 and difference <= 10 ** (SAME_DB / 10) * power)


def _has_its_clicks(clicks: Sequence[IsolatedClick]) -> bool:
    """Whether two clicks are alone a second apart, in a recording that has few of them."""
    apart_s = np.diff([click.time_s for click in clicks])
    return len(clicks) <= FEW_CLICKS and bool((np.abs(apart_s - CLICK_DISTANCE_S) < AGREE_S).any())
