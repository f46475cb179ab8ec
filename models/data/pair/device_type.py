"""The type of a device: linear, nonlinear (waveshaping), or with dynamic gain (compression).

A linear filter is fitted, then its output is scaled to the level of the wet sound, window by
window. For a filter with dynamic gain that removes most of the error, and more than a memoryless
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
    """ESRs in dB: of a linear filter, with a curve after it, with the wet sound's levels."""

    filter_esr_db: float
    curve_esr_db: float
    dynamic_gain_esr_db: float

    @property
    def is_linear(self) -> bool:
        """Whether a linear filter reproduces the device."""
        return self.filter_esr_db <= LINEAR_DB

    @property
    def has_dynamic_gain(self) -> bool:
        """Whether most of the filter's error is a gain that changes over time."""
        gained_db = self.filter_esr_db - self.dynamic_gain_esr_db
        by_level = gained_db >= DYNAMIC_GAIN_DB and self.dynamic_gain_esr_db < self.curve_esr_db
        return by_level and not self.is_linear


def find_device_type(dry: Samples, wet: Samples, sample_rate_hz: int) -> DeviceType:
    """The type of the device that a pair [samples each] was recorded with."""
    baseline = fit_filter(dry, wet)(dry)
    return DeviceType(
        esr_db(baseline, wet),
        esr_db(fit_curve(baseline, wet)(baseline), wet),
        esr_db(baseline * level_of(baseline, wet, sample_rate_hz), wet),
    )


def level_of(played: Signal | Samples, wet: Samples, sample_rate_hz: int) -> Signal:
    """The gain [samples] that minimises the error to `wet` in each window of 50 ms.

    Both sounds are [samples], aligned.
    """
    window = signal.windows.hann(round(WINDOW_S * sample_rate_hz))
    x, y = played.astype(np.float64), wet.astype(np.float64)
    power = np.maximum(signal.oaconvolve(x * x, window, "same"), 0)
    gain: Signal = signal.oaconvolve(x * y, window, "same") / (power + 1e-6 * power.mean())
    return gain


def describe(found: DeviceType) -> CheckResult:
    """The device's type, and what it means for what can be learned."""
    baseline = f"The best linear filter reaches an ESR of {found.filter_esr_db:.1f} dB"
    if found.is_linear:
        return CheckResult("passed", "device type", f"{baseline}: the device is an equalizer.")
    if found.has_dynamic_gain:
        message = (
            f"{baseline}, and {found.dynamic_gain_esr_db:.1f} dB with the target's levels: the "
            f"device has dynamic gain, as a compressor does."
        )
        return CheckResult("passed", "device type", message)
    message = f"{baseline}, with a curve after it {found.curve_esr_db:.1f} dB."
    return CheckResult("passed", "device type", message)
