"""Rate limits, with a clock of the test's own."""

from tonecast.models.listening.server import limits
from tonecast.models.listening.server.limits import Limit, RateLimiter


def test_burst_is_let_through_and_then_the_steady_rate() -> None:
    now = 100.0
    limiter = RateLimiter(Limit(3, 0.5), lambda: now)
    assert [limiter.wait_s("a") for _ in range(4)] == [0, 0, 0, 2]
    assert limiter.wait_s("b") == 0
    now += 2
    assert [limiter.wait_s("a") for _ in range(2)] == [0, 2]


def test_clients_are_forgotten_before_they_fill_the_memory(monkeypatch) -> None:
    monkeypatch.setattr(limits, "MAX_CLIENTS", 10)
    limiter = RateLimiter(Limit(3, 0.5), lambda: 100.0)
    for i in range(1000):
        assert limiter.wait_s(str(i)) == 0
    assert len(limiter._buckets) <= 10
