"""Aligning a pair: the delay removed, clock drift resampled away, inverted polarity corrected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.interpolate import CubicSpline
from scipy.signal import resample_poly

from .....plugin_core.errors import Error
from .....plugin_core.samples import Samples
from ..check_result import CheckResult
from .delay import Delay
from .search import Place, search
from .track import track

MIN_CLEAR, MIN_CLEAR_SHARE = 2, 0.25  # sections
AGREED_S = 0.001
MIN_DRIFT_SAMPLES = 1.0  # from start to end; less cannot be told from the device's phase response
MAX_DRIFT_PPM = 1000.0  # cheap clocks are off by 100
OVERSAMPLING = 4
BLOCK_SAMPLES = 1 << 18  # resampled at a time
MARGIN_SAMPLES = 64  # on both sides of them


@dataclass(frozen=True)
class Timing:
    """Delay of the wet sound at the start and at the end, and its polarity, +1 or −1."""

    start_samples: float
    end_samples: float
    polarity: int

    @property
    def drift_samples(self) -> float:
        """Clock drift: the delay at the end minus that at the start."""
        return self.end_samples - self.start_samples

    @property
    def delay_samples(self) -> int:
        """That at the start, in whole samples."""
        return round(self.start_samples)

    @property
    def missing_samples(self) -> int:
        """How many samples of the dry sound come before the wet one begins."""
        return max(0, -self.delay_samples)


def timing(
    sections: Sequence[Delay],
    samples: int,
    sample_rate_hz: int,
    least_drift_samples: float = MIN_DRIFT_SAMPLES,
) -> Timing | None:
    """Delay at both ends of a sound of `samples`: a line through the sections that are clear.

    The line is the Theil-Sen estimate, which is robust against a few outliers. `None` where the
    sections do not agree.
    """
    clear = [section for section in sections if section.is_clear]
    if len(clear) < max(MIN_CLEAR, MIN_CLEAR_SHARE * len(sections)):
        return None
    duration_s = samples / sample_rate_hz
    times_s = np.array([section.time_s for section in clear])
    delays = np.array([section.samples for section in clear])
    slope, start, *_ = stats.theilslopes(delays, times_s)
    scatter = float(np.median(np.abs(delays - start - slope * times_s)))
    if scatter > AGREED_S * sample_rate_hz:
        return None
    votes = sum((section.clearness - 1) * section.polarity for section in clear)
    polarity = 1 if votes >= 0 else -1
    drift = float(slope) * duration_s
    # A line has to explain more than the sections' own scatter, or there is none.
    if abs(drift) < max(least_drift_samples, 8 * scatter):
        delay = float(np.median(delays))
        return Timing(delay, delay, polarity)
    return Timing(float(start), float(start) + drift, polarity)


def measure_sections(dry: Samples, wet: Samples, sample_rate_hz: int) -> list[Delay]:
    """Delays along `dry`, wherever in `wet` it is; both sounds are [samples], of any length."""
    return track(dry, wet, sample_rate_hz, search(dry, wet, sample_rate_hz))


def measure_timing(
    dry: Samples, wet: Samples, sample_rate_hz: int, sections: Sequence[Delay]
) -> Timing | None:
    """Delay at both ends of a pair [samples each], `None` where the sections do not agree.

    Drift smears each section's peak, so the pair is measured again with most of it removed.
    """
    rough = timing(sections, len(dry), sample_rate_hz)
    if rough is None or not rough.drift_samples:
        return rough
    near = aligned(dry, wet, rough)
    again = track(*near, sample_rate_hz, [Place(0.0, 0.0, 1.0)])
    rest = timing(again, len(near[0]), sample_rate_hz, 0.0)
    if rest is None:
        return rough
    slope = rest.drift_samples / len(near[0])
    start = rough.start_samples + rest.start_samples - slope * rough.missing_samples
    return Timing(start, start + rough.drift_samples + slope * len(dry), rough.polarity)


def describe(found: Timing, samples: int, sample_rate_hz: int, wet: Path) -> list[CheckResult]:
    """What was found and corrected. Raise tonecast.Error for too much clock drift."""
    delay = found.start_samples
    ms = 1000 * delay / sample_rate_hz
    late = "late" if delay >= 0 else "early"
    whole = round(delay)
    if found.drift_samples:
        ppm = 1e6 * found.drift_samples / samples
        if abs(ppm) > MAX_DRIFT_PPM:
            raise Error(
                f"{wet} runs {abs(ppm):.0f} ppm {'slower' if ppm > 0 else 'faster'} than the dry "
                f"recording, too much for clock drift; its header may have the wrong sample rate, "
                f"or it was played at another speed"
            )
        timed = [
            CheckResult(
                "corrected",
                "clock",
                f"{wet.name} drifts against the dry recording: {found.drift_samples:+.1f} samples "
                f"from start to end, {ppm:+.1f} ppm. It was resampled to the dry recording's "
                f"clock; it is better to record both with one interface.",
            ),
            CheckResult(
                "corrected",
                "delay",
                f"{wet.name} starts {abs(ms):.2f} ms {late}; corrected.",
            ),
        ]
    else:
        timed = [CheckResult("passed", "clock", "The delay is the same at start and end.")]
        if whole:
            message = (
                f"{wet.name} is {abs(delay):.1f} samples ({abs(ms):.2f} ms) {late}; {abs(whole)} "
                f"were removed, and the rest is left to the model."
            )
            timed.append(CheckResult("corrected", "delay", message))
        else:
            timed.append(
                CheckResult("passed", "delay", f"The two are aligned within {delay:+.1f} samples.")
            )
    if found.polarity < 0:
        message = f"{wet.name} has inverted polarity; corrected, so that dry and wet can be mixed."
        return [*timed, CheckResult("corrected", "polarity", message)]
    return [*timed, CheckResult("passed", "polarity", "Both have the same polarity.")]


def aligned(dry: Samples, wet: Samples, found: Timing) -> tuple[Samples, Samples]:
    """Both sounds [samples each] where they overlap, the wet one with `found` corrected.

    A constant delay is corrected by whole samples, which changes no sample's value.
    """
    if found.drift_samples:
        step = 1 + found.drift_samples / len(dry)
        first = max(0, math.ceil(-found.start_samples / step))
        last = min(len(dry), math.floor((len(wet) - 1 - found.start_samples) / step) + 1)
        dry, wet = dry[first:last], _at(wet, found.start_samples, step, first, last)
    else:
        delay = found.delay_samples
        dry, wet = dry[max(0, -delay) :], wet[max(0, delay) :]
    shortest = min(len(dry), len(wet))
    return dry[:shortest], (found.polarity * wet[:shortest]).astype(np.float32)


def _at(audio: Samples, start: float, step: float, first: int, last: int) -> Samples:
    """The sound at the places `start` + n `step` for n from `first` to `last` (exclusive).

    Oversampled, then a cubic spline; block by block, as this takes forty times the memory.
    """
    blocks = []
    for begin in range(first, last, BLOCK_SAMPLES):
        places = start + step * np.arange(begin, min(begin + BLOCK_SAMPLES, last))
        low = max(0, math.floor(places[0]) - MARGIN_SAMPLES)
        part = audio[low : math.ceil(places[-1]) + MARGIN_SAMPLES]
        fine = resample_poly(part.astype(np.float64), OVERSAMPLING, 1)
        spline = CubicSpline(np.arange(len(fine)), fine)
        blocks.append(spline(OVERSAMPLING * (places - low)).astype(np.float32))
    return np.concatenate(blocks) if blocks else audio[:0]
