"""Clipping that was turned down afterwards: peaks cut off at one level below full scale.

A peak that was cut off has some samples at the same level and falls off steeply beside them, where
a round one does so gently; and many peaks reach exactly that level.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....plugin_core.samples import Samples
from .check_result import CheckResult
from .levels import FULL_SCALE

MIN_RUN = 3  # samples in a row
MIN_PEAKS = 10
SAME = 1e-4  # of the level …
DITHER = 2 / 32768  # … or a bit of dither, if that is more
STEEP = 12.0  # times that: the top of a round peak falls by 6 beside three samples of one level


@dataclass(frozen=True)
class FlatTops:
    """How many samples are in cut-off peaks, and the level of these, linear."""

    samples: int
    level: float


def find_flat_tops(audio: Samples) -> FlatTops | None:
    """The cut-off peaks at the extremes of `audio` [samples], or `None` where there are few.

    Those at full scale are counted by levels.clipped_samples.
    """
    peaks, samples, level = 0, 0, 0.0
    for side in (audio, -audio):
        found, length = _cut_off(side)
        peaks += found
        samples += length
        if found:
            level = max(level, float(side.max()))
    at_full_scale = FULL_SCALE <= level <= 1 / FULL_SCALE
    return FlatTops(samples, level) if peaks >= MIN_PEAKS and not at_full_scale else None


def _cut_off(audio: Samples) -> tuple[int, int]:
    """Number of cut-off peaks at the maximum, and of the samples in them."""
    top = float(audio.max(initial=0))
    tolerance = max(SAME * top, DITHER)
    high = np.flatnonzero(audio >= top - tolerance)
    if top <= STEEP * tolerance or len(high) < MIN_RUN:
        return 0, 0
    breaks = np.flatnonzero(np.diff(high) > 1)
    begins = high[np.concatenate([[0], breaks + 1])]
    ends = high[np.concatenate([breaks, [len(high) - 1]])] + 1
    inside = (ends - begins >= MIN_RUN) & (begins > 0) & (ends < len(audio))
    begins, ends = begins[inside], ends[inside]
    beside = np.minimum(audio[begins - 1], audio[np.minimum(ends, len(audio) - 1)])
    steep = beside < top - STEEP * tolerance
    return int(steep.sum()), int((ends - begins)[steep].sum())


def describe_dry(path: Path, found: FlatTops | None, samples: int) -> list[CheckResult]:
    """A warning: nothing flattens what goes into a device but a converter."""
    if found is None:
        return []
    message = (
        f"{path.name} was clipped and turned down afterwards: {_where(found, samples)}. The device "
        f"did not hear it like that; record it again with less level."
    )
    return [CheckResult("warning", "flat tops", message)]


def describe_wet(path: Path, found: FlatTops | None, samples: int) -> list[CheckResult]:
    """What may be the device's own work is no warning, but has to be known."""
    if found is None:
        return []
    message = (
        f"{path.name} is flat at the top: {_where(found, samples)}. It is learned as the device's "
        f"own. Software that clips hard does so; if yours does not, or is hardware, the recording "
        f"was clipped and turned down: record it again with less level."
    )
    return [CheckResult("passed", "flat tops", message)]


def _where(found: FlatTops, samples: int) -> str:
    return (
        f"{found.samples} samples ({found.samples / samples:.2%}) are in peaks cut off at "
        f"{20 * math.log10(found.level):.1f} dBFS"
    )
