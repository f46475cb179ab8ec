"""Does the box ride the level, as a compressor does: a gain that follows what was before.

A plain filter is fitted, then each moment of its output is given the level of the wet sound. Where
the box is a filter with a moving gain, that takes away most of the error, and more than a fixed
curve does: measured, 4 to 10 dB for a TubeTech CL 1B and pedalboard's Compressor and Limiter. For
overdrives and distortion it is 1.5 to 4 dB, and the curve does as much or more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import signal

from ..note import Samples
from .baselines import Signal, esr_db, fit_curve, fit_filter
from .check_result import Finding

WINDOW_S = 0.05
RIDES_DB = 3.5
LINEAR_DB = -30.0


@dataclass(frozen=True)
class Nature:
    """ESRs in dB: of a plain filter, with a curve after it, with the right level at each moment."""

    filter_esr_db: float
    curve_esr_db: float
    ridden_esr_db: float

    @property
    def is_linear(self) -> bool:
        """Whether a plain filter is as good as the box."""
        return self.filter_esr_db <= LINEAR_DB

    @property
    def rides_level(self) -> bool:
        """Whether a moving gain is most of what the filter lacks."""
        gained_db = self.filter_esr_db - self.ridden_esr_db
        by_level = gained_db >= RIDES_DB and self.ridden_esr_db < self.curve_esr_db
        return by_level and not self.is_linear


def nature(dry: Samples, wet: Samples, sample_rate_hz: int) -> Nature:
    """What kind of box a pair [samples each] was made with."""
    plain = fit_filter(dry, wet)(dry)
    return Nature(
        esr_db(plain, wet),
        esr_db(fit_curve(plain, wet)(plain), wet),
        esr_db(plain * level_of(plain, wet, sample_rate_hz), wet),
    )


def level_of(played: Signal | Samples, wet: Samples, sample_rate_hz: int) -> Signal:
    """The gain [samples] that brings a sound closest to `wet`, window by window of 50 ms."""
    window = signal.windows.hann(round(WINDOW_S * sample_rate_hz))
    x, y = played.astype(np.float64), wet.astype(np.float64)
    power = np.maximum(signal.fftconvolve(x * x, window, "same"), 0)
    gain: Signal = signal.fftconvolve(x * y, window, "same") / (power + 1e-6 * power.mean())
    return gain


def describe(found: Nature) -> Finding:
    """What the nature of a box means for what can be learned."""
    plain = f"The best plain filter reaches an ESR of {found.filter_esr_db:.1f} dB"
    if found.is_linear:
        return Finding("fine", "nature", f"{plain}: the box is an equalizer.")
    if found.rides_level:
        said = (
            f"{plain}, and {found.ridden_esr_db:.1f} dB once each moment has the right level: the "
            f"box rides the level, as a compressor does. {LONG_MEMORY}"
        )
        return Finding("warning", "nature", said)
    return Finding("fine", "nature", f"{plain}, with a curve after it {found.curve_esr_db:.1f} dB.")


LONG_MEMORY = (
    "This architecture sees one frame at a time and remembers nothing: a gain that depends on more "
    "of the past than that, an attack or a release, it cannot follow. It learns the average."
)
