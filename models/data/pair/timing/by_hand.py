"""A delay that is given by hand, instead of the one that is measured."""

from __future__ import annotations

import math

import numpy as np

from .....plugin_core.errors import Error
from .....plugin_core.samples import Samples
from ..check_result import CheckResult
from .alignment import AGREED_S, Timing
from .search import Place
from .track import track


def timing_by_hand(
    dry: Samples, wet: Samples, sample_rate_hz: int, delay_ms: float
) -> tuple[Timing, list[CheckResult]]:
    """The timing for a constant delay; polarity is measured. Both sounds are [samples].

    A warning says so where another delay is measured within a second of it. Raise tonecast.Error
    for a delay after which the two do not overlap.
    """
    delay_s = delay_ms / 1000
    lengths_s = [len(sound) / sample_rate_hz for sound in (wet, dry)]
    if not (math.isfinite(delay_s) and -lengths_s[1] < delay_s < lengths_s[0]):
        raise Error(
            f"a delay of {delay_ms:g} ms is no place in the recordings, which last "
            f"{lengths_s[1]:.1f} s (dry) and {lengths_s[0]:.1f} s (wet)"
        )
    expected = delay_s * sample_rate_hz
    sections = track(dry, wet, sample_rate_hz, [Place(0.0, delay_s, 1.0)])
    clear = [section for section in sections if section.is_clear]
    near = [s for s in clear if abs(s.samples - expected) <= AGREED_S * sample_rate_hz]
    votes = sum((section.clearness - 1) * section.polarity for section in near)
    timing = Timing(expected, expected, 1 if votes >= 0 else -1)
    if not clear or 2 * len(near) >= len(clear):
        message = f"The delay of {delay_ms:g} ms that was given is taken."
        return timing, [CheckResult("passed", "delay", message)]
    measured_ms = 1000 * float(np.median([s.samples for s in clear])) / sample_rate_hz
    message = (
        f"The delay of {delay_ms:g} ms that was given is taken, but {measured_ms:.2f} ms are "
        f"measured; try that one, or leave the option out."
    )
    return timing, [CheckResult("warning", "delay", message)]
