"""What was played twice: whether the device answers it alike, and at the same time."""

from __future__ import annotations

import numpy as np

from .....plugin_core.samples import Samples
from ..check_result import CheckResult
from ..timing.delay import measure_delay
from .standard import Standard

# NAM's trainer warns of the same (threshold in nam/train/core.py).
ALIKE_ESR = 0.01
CAUSES = (
    "noise, an effect that moves (chorus, tremolo), a knob that was turned, or a cold amplifier"
)


def repetition_drift_samples(
    standard: Standard, wet: Samples, sample_rate_hz: int, delay_samples: int
) -> float | None:
    """How much later the second answer comes than it should; `None` where nothing tells.

    `wet` is [samples], and late by `delay_samples`.
    """
    first, end, again = (
        round(s * sample_rate_hz) for s in (*standard.validation, standard.test[0])
    )
    start, samples = max(0, first + delay_samples), end - first
    if not wet[start : start + samples].any():
        return None
    found = measure_delay(wet, wet, sample_rate_hz, start, samples, again - first)
    return found.samples - (again - first) if found.is_clear else None


def check_repetition(first: Samples, second: Samples) -> CheckResult:
    """The result for the device's two answers [samples each], aligned, of equal length."""
    difference = np.square(first - second, dtype=np.float64).sum()
    esr = float(difference / max(np.square(second, dtype=np.float64).sum(), 1e-30))
    said = f"What is played twice comes back with a difference of {esr:.2g} (ESR)"
    if esr <= ALIKE_ESR:
        return CheckResult("passed", "repetition", f"{said}: the device repeats itself.")
    message = f"{said}, more than {ALIKE_ESR:g}: {CAUSES}. No model comes closer than that."
    return CheckResult("warning", "repetition", message)
