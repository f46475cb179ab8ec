"""A blind test that stops when enough is known: Wald's sequential probability ratio test.

After each trial the likelihood of the answers under "hears the difference" (right in 75 of 100
trials) is compared with that under guessing. At 19 : 1 either way, or after MAX_TRIALS, the test
ends. A p-value that ignored the stopping would be too small; here all ways that a test can go are
counted, so p, and the interval for the rate of right answers, are exact. Tests are ordered by the
share of right answers (Jennison and Turnbull, "Group sequential methods", 2000, section 8.4).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from scipy.optimize import brentq
from scipy.stats import norm

GUESSING, HEARING = 0.5, 0.75  # rates of right answers
ERROR = 0.05  # of either kind
MAX_TRIALS = 40
CONFIDENCE = 0.95
# Beyond this no number of trials tells one d′ from the next.
MAX_D_PRIME = 6.0

BOUND = math.log((1 - ERROR) / ERROR)
RIGHT, WRONG = math.log(HEARING / GUESSING), math.log((1 - HEARING) / (1 - GUESSING))
ENDS = (GUESSING, 1.0)

Verdict = Literal["heard", "not heard", "open"]


@dataclass(frozen=True)
class Outcome:
    """What is known after some trials; `p` is one-sided, intervals hold 95 %.

    `d_prime` is that of an unbiased observer, by independent observations (Macmillan and Creelman,
    "Detection theory", 2nd edition, 2005, chapter 9).
    """

    trials: int
    right: int
    verdict: Verdict
    p: float
    rate_interval: tuple[float, float]
    d_prime: float
    d_prime_interval: tuple[float, float]


def verdict(trials: int, right: int) -> Verdict:
    """Whether the test ends here, and how; at MAX_TRIALS it ends undecided, as "open"."""
    ratio = right * RIGHT + (trials - right) * WRONG
    if ratio >= BOUND:
        return "heard"
    return "not heard" if ratio <= -BOUND else "open"


def until_over(answers: Sequence[bool]) -> list[bool]:
    """Those answers, in order, that count: none after the test has ended."""
    for trials in range(1, len(answers) + 1):
        if verdict(trials, sum(answers[:trials])) != "open" or trials == MAX_TRIALS:
            return list(answers[:trials])
    return list(answers)


def is_over(answers: Sequence[bool]) -> bool:
    """Whether no further trial is needed after these, in order."""
    counted = until_over(answers)
    return len(counted) == MAX_TRIALS or verdict(len(counted), sum(counted)) != "open"


def outcome(answers: Sequence[bool]) -> Outcome:
    """What answers say, right ones True, in order. One that a rater broke off counts as it stands.

    Raise ValueError for none.
    """
    answers = until_over(answers)
    trials, right = len(answers), sum(answers)
    if trials == 0:
        raise ValueError("without answers nothing is known")
    limit = MAX_TRIALS if is_over(answers) else trials
    share = right / trials
    low = _solve(lambda rate: _tail(rate, limit, share, upward=True) - (1 - CONFIDENCE) / 2, 0.0)
    high = _solve(lambda rate: (1 - CONFIDENCE) / 2 - _tail(rate, limit, share, upward=False), 1.0)
    return Outcome(
        trials,
        right,
        verdict(trials, right),
        _tail(GUESSING, limit, share, upward=True),
        (low, high),
        d_prime(share),
        (d_prime(low), d_prime(high)),
    )


def d_prime(rate: float) -> float:
    """Sensitivity, in standard deviations, for a rate of right answers in ABX; 0 for guessing."""
    if rate <= GUESSING:
        return 0.0
    if rate >= _rate(MAX_D_PRIME):
        return MAX_D_PRIME
    return float(brentq(lambda d: _rate(d) - rate, 0.0, MAX_D_PRIME))


def _rate(d: float) -> float:
    near, far = norm.cdf(d / math.sqrt(2)), norm.cdf(d / 2)
    return float(near * far + (1 - near) * (1 - far))


@lru_cache(maxsize=64)
def _paths(limit: int) -> tuple[tuple[int, int, float], ...]:
    """Where a test may end: trials, right answers, logarithm of how many ways lead there."""
    ends = []
    ways = {0: 1}
    for trials in range(1, limit + 1):
        after: dict[int, int] = {}
        for right, count in ways.items():
            for gained in (0, 1):
                after[right + gained] = after.get(right + gained, 0) + count
        ways = {}
        for right, count in after.items():
            if trials == limit or verdict(trials, right) != "open":
                ends.append((trials, right, math.log(count)))
            else:
                ways[right] = count
    return tuple(ends)


def _tail(rate: float, limit: int, share: float, upward: bool) -> float:
    """Probability of ending with at least, or at most, this share of right answers."""
    total = 0.0
    for trials, right, log_ways in _paths(limit):
        beyond = right / trials - share if upward else share - right / trials
        if beyond < -1e-12:
            continue
        wrong = trials - right
        if (rate == 0 and right) or (rate == 1 and wrong):
            continue
        log_p = log_ways
        log_p += right * math.log(rate) if right else 0.0
        log_p += wrong * math.log1p(-rate) if wrong else 0.0
        total += math.exp(log_p)
    return min(total, 1.0)


def _solve(excess: object, otherwise: float) -> float:
    """Where a rising function of the rate is 0; `otherwise` where it is nowhere."""
    assert callable(excess)
    low, high = 1e-9, 1 - 1e-9
    if excess(low) > 0 or excess(high) < 0:
        return otherwise
    return float(brentq(excess, low, high, xtol=1e-9))
