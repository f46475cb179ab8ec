"""Slips: places where the delay jumps, as after a buffer that was lost or played twice.

Between two slips the delay is constant, or drifts along a line. A pair with slips is cut down to
its longest part: what comes after a slip would teach the model another delay.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .....plugin_core.errors import Error
from .....plugin_core.samples import Samples
from ..baselines import Signal, fit_filter
from ..check_result import CheckResult
from ..levels import MIN_S
from .alignment import MAX_DRIFT_PPM
from .delay import Delay, section_samples

MIN_SLIP_S = 0.0005  # buffers are longer; a device's phase response may shift a section by less
SCATTERS = 8.0  # of the usual change from section to section
BLOCK_S = 0.02
SILENT = 1e-4  # of the mean product of powers: softer blocks count less
MAX_ALONE = 0.2  # of the sections
NAMED = 3  # slips in the message


@dataclass(frozen=True)
class Slip:
    """At `time_s` of the dry sound the wet one comes later by `samples`, or earlier if negative."""

    time_s: float
    samples: float


@dataclass(frozen=True)
class Part:
    """First sample and end (exclusive) of a part of the dry sound, and its sections' delays."""

    begin: int
    end: int
    sections: Sequence[Delay]


def parts_between_slips(sections: Sequence[Delay], sample_rate_hz: int) -> list[list[Delay]]:
    """The clear sections, in order of time, in groups between which the delay jumps.

    A few sections that stand alone with their delay are taken for errors and left out. Where all
    do so there is one group: the sections do not agree at all.
    """
    clear = [section for section in sections if section.is_clear]
    groups = _grouped(clear, sample_rate_hz)
    while 0 < (alone := sum(len(group) == 1 for group in groups)) <= MAX_ALONE * len(clear):
        clear = [section for group in groups if len(group) > 1 for section in group]
        groups = _grouped(clear, sample_rate_hz)
    return [clear] if alone == len(groups) else groups


def _grouped(clear: Sequence[Delay], sample_rate_hz: int) -> list[list[Delay]]:
    if len(clear) < 3:
        return [list(clear)]
    changes = np.diff([section.samples for section in clear])
    times_s = np.diff([section.time_s for section in clear])
    least = MIN_SLIP_S * sample_rate_hz
    # The clock drift is the slope that explains most changes.
    slopes = np.concatenate([[0.0], changes / times_s])
    slopes = slopes[np.abs(slopes) <= 1e-6 * MAX_DRIFT_PPM * sample_rate_hz]
    rests = np.abs(changes - slopes[:, np.newaxis] * times_s)
    rest = rests[(rests <= least).sum(axis=1).argmax()]
    usual = float(np.median(rest[rest <= least])) if (rest <= least).any() else 0.0
    edges = [0, *(np.flatnonzero(rest > max(least, SCATTERS * usual)) + 1), len(clear)]
    return [list(clear[begin:end]) for begin, end in itertools.pairwise(edges)]


def find_slips(
    dry: Samples, wet: Samples, sample_rate_hz: int, sections: Sequence[Delay]
) -> tuple[list[Part], list[Slip]]:
    """The parts of `dry` between slips, and the slips; both sounds are [samples], of any length."""
    groups = parts_between_slips(sections, sample_rate_hz)
    slips = [
        _located(dry, wet, sample_rate_hz, before[-1], after[0])
        for before, after in itertools.pairwise(groups)
    ]
    edges = [0, *(round(slip.time_s * sample_rate_hz) for slip in slips), len(dry)]
    parts = [
        Part(begin, end, group)
        for begin, end, group in zip(edges[:-1], edges[1:], groups, strict=True)
    ]
    return parts, slips


def longest(parts: Sequence[Part]) -> Part:
    """The longest part with more than one section: one alone may be an error."""
    return max(parts, key=lambda part: (len(part.sections) > 1, part.end - part.begin))


def longest_part(
    dry: Samples, wet: Samples, sample_rate_hz: int, parts: Sequence[Part]
) -> tuple[Samples, Samples, list[Delay], int]:
    """The longest part of both sounds [samples each], its sections, and the delay taken out.

    Raise tonecast.Error where all of them are too short to learn from.
    """
    part = longest(parts)
    longest_s = (part.end - part.begin) / sample_rate_hz
    if longest_s < MIN_S:
        raise Error(
            f"the delay between the two recordings jumps {len(parts) - 1} times, and the longest "
            f"part between two jumps lasts {longest_s:.1f} s; record again, with larger buffers or "
            f"one interface for both"
        )
    removed = round(float(np.median([section.samples for section in part.sections])))
    cut_wet = _between(wet, part.begin + removed, part.end + removed)
    begin_s = part.begin / sample_rate_hz
    sections = [
        replace(section, time_s=section.time_s - begin_s, samples=section.samples - removed)
        for section in part.sections
    ]
    return dry[part.begin : part.end], cut_wet, sections, removed


def describe(
    parts: Sequence[Part], slips: Sequence[Slip], sample_rate_hz: int, names: tuple[str, str]
) -> CheckResult:
    """The sentence on slips; names are those of the dry and the wet file."""
    dry, wet = names
    part = longest(parts)
    listed = [
        f"at {slip.time_s:.1f} s the wet sound slips by {1000 * slip.samples / sample_rate_hz:+.1f}"
        f" ms"
        for slip in slips[:NAMED]
    ]
    more = f" and {len(slips) - NAMED} more" if len(slips) > NAMED else ""
    begin_s, end_s = (edge / sample_rate_hz for edge in (part.begin, part.end))
    return CheckResult(
        "warning",
        "slip",
        f"{wet} and {dry} do not stay together: {', '.join(listed)}{more} (+ is later). Only the "
        f"longest part without a slip is used, {begin_s:.1f} s to {end_s:.1f} s of {dry}; for all "
        f"of it record again, with larger buffers or one interface for both.",
    )


def _between(audio: Samples, begin: int, end: int) -> Samples:
    """Samples from `begin` to `end` (exclusive), silent where there are none."""
    kept = audio[max(0, begin) : max(0, end)]
    before = min(max(0, -begin), end - begin)
    return np.pad(kept, (before, end - begin - before - len(kept)))


def _located(dry: Samples, wet: Samples, sample_rate_hz: int, before: Delay, after: Delay) -> Slip:
    """The slip between two sections: where the second delay begins to fit better.

    A linear filter, fitted to both sections, predicts the wet sound; 20 ms count as much as other
    20 ms, whether soft or loud.
    """
    half = section_samples(len(dry), sample_rate_hz) // 2
    begin = max(0, round(before.time_s * sample_rate_hz) - half)
    end = min(len(dry), round(after.time_s * sample_rate_hz) + half)
    source = dry[begin:end]
    sounds = [
        _between(wet, begin + round(section.samples), end + round(section.samples))
        for section in (before, after)
    ]
    known = np.concatenate([sounds[0][:half], sounds[1][-half:]])
    predicted = fit_filter(np.concatenate([source[:half], source[-half:]]), known)(source)
    block = round(BLOCK_S * sample_rate_hz)
    fits = [np.cumsum(_likeness(predicted, sound, block)) for sound in sounds]
    at = begin + block * (int((fits[0] - fits[1]).argmax()) + 1)
    return Slip(at / sample_rate_hz, after.samples - before.samples)


def _likeness(first: Signal, second: Samples, block: int) -> Signal:
    """Correlation coefficient of two sounds [samples each] in each block; 0 for silence."""
    a, b = (
        sound[: len(sound) // block * block].reshape(-1, block).astype(np.float64)
        for sound in (first, second)
    )
    power = np.square(a).sum(axis=1) * np.square(b).sum(axis=1)
    return np.asarray((a * b).sum(axis=1) / np.sqrt(power + SILENT * power.mean() + 1e-30))
