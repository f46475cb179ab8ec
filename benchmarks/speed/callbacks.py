"""Times an engine's callback, block after block, free-running."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from ...plugin_core import _engine


@dataclass(frozen=True)
class CallbackTimes:
    """Durations of one callback in µs, over all callbacks, none trimmed."""

    median_us: float
    p99_us: float
    p999_us: float
    longest_us: float
    mean_us: float
    budget_us: float  # duration of the block

    @property
    def load(self) -> float:
        """Share of one core that the stream needs."""
        return self.mean_us / self.budget_us


def time_callbacks(
    model: _engine.Model, rate_hz: int, channels: int, block: int, seconds_of_audio: float
) -> CallbackTimes:
    """Play noise at −20 dBFS. The binding's own fraction of a microsecond is included."""
    engine = _engine.Engine(model)
    engine.prepare(rate_hz, channels)
    noise = 0.1 * np.random.default_rng(1).standard_normal((channels, block)).astype(np.float32)
    out = np.empty_like(noise)
    for _ in range(max(10, rate_hz // block // 2)):  # half a second to warm up
        engine.process(noise, out)
    durations = np.empty(max(1000, round(seconds_of_audio * rate_hz / block)))
    for i in range(len(durations)):
        start = time.perf_counter_ns()
        engine.process(noise, out)
        durations[i] = (time.perf_counter_ns() - start) / 1000
    median, p99, p999 = np.percentile(durations, [50, 99, 99.9])
    return CallbackTimes(
        float(median),
        float(p99),
        float(p999),
        float(durations.max()),
        float(durations.mean()),
        1e6 * block / rate_hz,
    )
