"""What was played twice: whether the device answers it alike, and at the same time."""

from __future__ import annotations

import numpy as np

from .....plugin_core.samples import Samples
from ..check_result import CheckResult
from ..timing.delay import measure_delay
from .standard import Stretch

# NAM's trainer warns of the same (threshold in nam/train/core.py).
ALIKE_ESR = 0.01
CAUSES = (
    "noise, an effect that moves (chorus, tremolo), a knob that was turned, or a cold amplifier"
)


def replica_drift_samples(
    wet: Samples, sample_rate_hz: int, delay_samples: int, replicas: tuple[Stretch, Stretch]
) -> float | None:
    """How much later the second replica comes than it should; `None` where nothing tells.

    `wet` is [samples], and late by `delay_samples`.
    """
    (first_s, end_s), (second_s, _) = replicas
    begin, again = (round(s * sample_rate_hz) for s in (first_s, second_s))
    samples = round((end_s - first_s) * sample_rate_hz)
    start = max(0, begin + delay_samples)
    if start + samples > len(wet) or not wet[start : start + samples].any():
        return None
    found = measure_delay(wet, wet, sample_rate_hz, start, samples, again - begin)
    return found.samples - (again - begin) if found.is_clear else None


def check_replicas(first: Samples, second: Samples) -> CheckResult:
    """The result for the device's two answers [samples each], aligned."""
    shortest = min(len(first), len(second))
    a, b = first[:shortest].astype(np.float64), second[:shortest].astype(np.float64)
    esr = float(np.square(a - b).sum() / max(np.square(b).sum(), 1e-30))
    said = f"What is played twice comes back with a difference of {esr:.2g} (ESR)"
    if esr <= ALIKE_ESR:
        return CheckResult("passed", "repetition", f"{said}: the device repeats itself.")
    message = f"{said}, more than {ALIKE_ESR:g}: {CAUSES}. No model comes closer than that."
    return CheckResult("warning", "repetition", message)
