"""Whether the wet sound is the dry one: the same file twice, or a copy of it at another level."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from ....plugin_core.errors import Error
from ....plugin_core.samples import Samples
from .check_result import CheckResult

SAME_GAIN_DB = 0.05
ROUNDING = 2 / 32768  # RMS of what dither and noise shaping of 16 bits leave, at most
COPY_DB = -40.0  # a difference below it is no device's


def check_same(dry: Samples, wet: Samples, names: tuple[Path, Path]) -> list[CheckResult]:
    """A warning for a copy at another level; both sounds are [samples], aligned.

    Raise tonecast.Error for the same sound twice.
    """
    power, error, gain = _difference(dry, wet)
    gain_db = 20 * math.log10(abs(gain) + 1e-9)
    left_db = 10 * math.log10(error / power + 1e-20)
    unchanged = abs(gain_db) < SAME_GAIN_DB and math.sqrt(error / len(dry)) < ROUNDING
    if unchanged and left_db < COPY_DB:
        raise Error(
            f"{names[0]} and {names[1]} hold the same sound, so there is nothing to learn; give a "
            f"recording of what goes into the device as dry and of what comes out of it as wet"
        )
    if left_db >= COPY_DB:
        return []
    message = (
        f"{names[1].name} is {names[0].name} with a gain of {gain_db:+.1f} dB, and nothing else: "
        f"the rest is at {left_db:.0f} dB. Check that the device was on and that the right files "
        f"were exported; this would only learn a gain."
    )
    return [CheckResult("warning", "same sound", message)]


def _difference(dry: Samples, wet: Samples) -> tuple[float, float, float]:
    """Power of `wet`, power of its difference to the dry sound at the best gain, and that gain."""
    own, shared, power = (float(np.dot(a, b)) for a, b in ((dry, dry), (dry, wet), (wet, wet)))
    gain = shared / max(own, 1e-30)
    left = wet - np.float32(gain) * dry
    return max(power, 1e-30), float(np.dot(left, left)), gain
