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

from ....plugin_core.samples import Samples
from .baselines import Signal, esr_db, fit_curve, fit_filter
from .check_result import CheckResult

WINDOW_S = 0.05
DYNAMIC_GAIN_DB = 3.5
LINEAR_DB = -30.0


@dataclass(frozen=True)
class DeviceType:
    """ESRs in dB: of a plain filter, with a curve after it, with the right level at each moment."""

    filter_esr_db: float
    curve_esr_db: float
    dynamic_gain_esr_db: float

    @property
    def is_linear(self) -> bool:
        """Whether a plain filter is as good as the box."""
        return self.filter_esr_db <= LINEAR_DB

    @property
    def has_dynamic_gain(self) -> bool:
        """Whether a moving gain is most of what the filter lacks."""
        gained_db = self.filter_esr_db - self.dynamic_gain_esr_db
        by_level = gained_db >= DYNAMIC_GAIN_DB and self.dynamic_gain_esr_db < self.curve_esr_db
        return by_level and not self.is_linear


def find_device_type(dry: Samples, wet: Samples, sample_rate_hz: int) -> DeviceType:
    """What kind of box a pair [samples each] was made with."""
    plain = fit_filter(dry, wet)(dry)
    return DeviceType(
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


def describe(found: DeviceType) -> CheckResult:
    """What the type of a device means for what can be learned."""
    plain = f"The best plain filter reaches an ESR of {found.filter_esr_db:.1f} dB"
    if found.is_linear:
        return CheckResult("passed", "device type", f"{plain}: the box is an equalizer.")
    if found.has_dynamic_gain:
        said = (
            f"{plain}, and {found.dynamic_gain_esr_db:.1f} dB once each moment has the right "
            f"level: the "
            f"device has dynamic gain, as a compressor does. {LONG_MEMORY}"
        )
        return CheckResult("warning", "device type", said)
    said = f"{plain}, with a curve after it {found.curve_esr_db:.1f} dB."
    return CheckResult("passed", "device type", said)


LONG_MEMORY = (
    "This architecture sees one frame at a time and remembers nothing: a gain that depends on more "
    "of the past than that, an attack or a release, it cannot follow. It learns the average."
)
