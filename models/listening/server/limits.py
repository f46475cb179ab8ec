"""Rate limits: a bucket of permits for each client, which fills up again at a steady rate."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

MAX_CLIENTS = 10_000  # in memory; beyond, those that are full again are forgotten


@dataclass(frozen=True)
class Limit:
    """At most `burst` at once, and `per_s` in the long run."""

    burst: int
    per_s: float


# A page loads 17 sounds for a track, and those of the next one ahead.
REQUESTS = Limit(600, 60.0)
ANSWERS = Limit(60, 2.0)
JOINS = Limit(100, 1.0)
WRONG_KEYS = Limit(20, 0.2)


class RateLimiter:
    """Counts what each client does under one limit."""

    def __init__(self, limit: Limit, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._buckets: dict[str, tuple[float, float]] = {}  # permits left, at which time

    def wait_s(self, client: str) -> int:
        """0 where a permit was left and is taken; else in how many seconds there will be one."""
        left = self._left(client)
        if left < 1:
            return math.ceil((1 - left) / self._limit.per_s)
        self._buckets[client] = (left - 1, self._clock())
        if len(self._buckets) > MAX_CLIENTS:
            self._forget()
        return 0

    def is_exhausted(self, client: str) -> bool:
        """Whether no permit is left; takes none."""
        return self._left(client) < 1

    def _left(self, client: str) -> float:
        left, then = self._buckets.get(client, (float(self._limit.burst), 0.0))
        return min(self._limit.burst, left + (self._clock() - then) * self._limit.per_s)

    def _forget(self) -> None:
        full = [one for one in self._buckets if self._left(one) >= self._limit.burst]
        for one in full or list(self._buckets)[: MAX_CLIENTS // 2]:
            del self._buckets[one]
