"""Putting a pair right in time: the delay taken out, two clocks made one, polarity restored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.interpolate import CubicSpline
from scipy.signal import resample_poly

from ....plugin_core.errors import Error
from ....plugin_core.samples import Samples
from .check_result import CheckResult
from .delay import Delay, measure_sections

CLEAR = 1.25  # a peak less far above the next one may be anywhere
MIN_CLEAR = 2
AGREED_S = 0.001
MIN_DRIFT_SAMPLES = 1.0  # from start to end; less is lost in the box's own phase
MAX_DRIFT_PPM = 1000.0  # cheap clocks are off by 100
OVERSAMPLING = 4


@dataclass(frozen=True)
class Timing:
    """The wet sound is late by `start_samples` at first and by `end_samples` at last."""

    start_samples: float
    end_samples: float
    polarity: int

    @property
    def drift_samples(self) -> float:
        """How much later the end is than the start."""
        return self.end_samples - self.start_samples


def timing(
    sections: Sequence[Delay],
    samples: int,
    sample_rate_hz: int,
    least_drift_samples: float = MIN_DRIFT_SAMPLES,
) -> Timing | None:
    """Delay at both ends of `samples`: a line through the sections that are clear.

    The line is Theil and Sen's, which a few wrong sections do not pull aside. `None` where no
    sections agree.
    """
    clear = [section for section in sections if section.clearness >= CLEAR]
    if len(clear) < MIN_CLEAR:
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


def measure_timing(dry: Samples, wet: Samples, sample_rate_hz: int) -> Timing | None:
    """Delay at both ends of a pair, `None` where no sections agree.

    Drift smears each section's own peak, so the pair is looked at again once most of it is gone.
    """
    rough = timing(measure_sections(dry, wet, sample_rate_hz), len(dry), sample_rate_hz)
    if rough is None or not rough.drift_samples:
        return rough
    near = aligned(dry, wet, rough)
    missing = max(0, -round(rough.start_samples))  # cut off the start of both
    rest = timing(measure_sections(*near, sample_rate_hz), len(near[0]), sample_rate_hz, 0.0)
    if rest is None:
        return rough
    slope = rest.drift_samples / len(near[0])
    start = rough.start_samples + rest.start_samples - slope * missing
    return Timing(start, start + rough.drift_samples + slope * len(dry), rough.polarity)


def describe(found: Timing, samples: int, sample_rate_hz: int, wet: Path) -> list[CheckResult]:
    """What was found and put right. Raise tonecast.Error for clocks too far apart."""
    delay = found.start_samples
    ms = 1000 * delay / sample_rate_hz
    late = "late" if delay >= 0 else "early"
    whole = round(delay)
    if found.drift_samples:
        ppm = 1e6 * found.drift_samples / samples
        if abs(ppm) > MAX_DRIFT_PPM:
            raise Error(
                f"{wet} runs {abs(ppm):.0f} ppm {'slower' if ppm > 0 else 'faster'} than the dry "
                f"recording, too far for two clocks; its sample rate may be named wrongly, or it "
                f"was played at another speed"
            )
        timed = [
            CheckResult(
                "corrected",
                "clock",
                f"{wet.name} drifts against the dry recording: {found.drift_samples:+.1f} samples "
                f"from start to end, {ppm:+.1f} ppm. It was resampled to the same clock; recording "
                f"both through one interface is better.",
            ),
            CheckResult(
                "corrected",
                "delay",
                f"{wet.name} starts {abs(ms):.2f} ms {late}; it was moved back.",
            ),
        ]
    else:
        timed = [CheckResult("passed", "clock", "The delay is the same at start and end.")]
        if whole:
            said = (
                f"{wet.name} is {abs(delay):.1f} samples ({abs(ms):.2f} ms) {late}; {abs(whole)} "
                f"were taken out and the rest is left to the model."
            )
            timed.append(CheckResult("corrected", "delay", said))
        else:
            timed.append(
                CheckResult("passed", "delay", f"The two are aligned within {delay:+.1f} samples.")
            )
    if found.polarity < 0:
        said = f"{wet.name} is upside down; it was turned over, so that mixing dry and wet adds up."
        return [*timed, CheckResult("corrected", "polarity", said)]
    return [*timed, CheckResult("passed", "polarity", "Both have the same polarity.")]


def aligned(dry: Samples, wet: Samples, found: Timing) -> tuple[Samples, Samples]:
    """Both sounds as far as they overlap, the wet one moved, turned and brought to one clock.

    A constant delay is moved by whole samples, which leaves every sample as it was recorded.
    """
    if found.drift_samples:
        places = found.start_samples + np.arange(len(dry)) * (1 + found.drift_samples / len(dry))
        inside = np.flatnonzero((places >= 0) & (places <= len(wet) - 1))
        dry, wet = dry[inside], _at(wet, np.asarray(places[inside], np.float64))
    else:
        delay = round(found.start_samples)
        dry, wet = dry[max(0, -delay) :], wet[max(0, delay) :]
    shortest = min(len(dry), len(wet))
    return dry[:shortest], (found.polarity * wet[:shortest]).astype(np.float32)


def _at(audio: Samples, places: NDArray[np.float64]) -> Samples:
    """The sound between its samples: oversampled, then a cubic spline."""
    fine = resample_poly(audio.astype(np.float64), OVERSAMPLING, 1)
    between: Samples = CubicSpline(np.arange(len(fine)), fine)(OVERSAMPLING * places).astype("f4")
    return between
