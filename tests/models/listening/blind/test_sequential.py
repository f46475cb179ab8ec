"""The sequential test: exact where the answer is known, and right as often as it says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from tonecast.models.listening.blind.sequential import (
    MAX_TRIALS,
    Outcome,
    d_prime,
    is_over,
    outcome,
    verdict,
)


def hold(rate: float, rng: np.random.Generator) -> list[bool]:
    """A test of someone who is right at this rate, until it is over."""
    answers: list[bool] = []
    while not is_over(answers):
        answers.append(bool(rng.random() < rate))
    return answers


def test_eight_right_answers_in_a_row_are_enough() -> None:
    assert not is_over([True] * 7)
    assert is_over([True] * 8)
    found = outcome([True] * 8)
    assert found.verdict == "heard"
    assert found.p == pytest.approx(0.5**8)
    assert found.rate_interval[0] == pytest.approx(0.025 ** (1 / 8), abs=1e-6)
    assert found.rate_interval[1] == 1


def test_test_that_was_broken_off_before_it_could_end_is_the_binomial_test() -> None:
    for right in range(5):
        answers = [True] * right + [False] * (4 - right)
        if any(is_over(answers[:i]) for i in range(5)):
            continue
        found, exact = outcome(answers), binomtest(right, 4, 0.5, "greater")
        assert found.p == pytest.approx(exact.pvalue)
        interval = binomtest(right, 4).proportion_ci(0.95, "exact")
        assert found.rate_interval == pytest.approx((interval.low, interval.high), abs=1e-6)


@pytest.mark.parametrize("d", [0.5, 1.5, 3.0])
def test_sensitivity_of_a_simulated_observer_comes_out(d: float) -> None:
    """Who tells by the first two sounds which is which, and by the third which of them it is."""
    rng = np.random.default_rng(4)
    first, second, third = rng.standard_normal((3, 400_000))
    ordered = (second + d) > first
    is_second = rng.random(third.size) < 0.5
    taken_for_second = third + d * is_second > d / 2
    right = (taken_for_second == is_second) == ordered
    assert d_prime(float(right.mean())) == pytest.approx(d, abs=0.03)


def test_sensitivity_has_ends() -> None:
    assert d_prime(0.3) == d_prime(0.5) == 0
    assert d_prime(1.0) == 6


def test_guessing_is_taken_for_hearing_as_seldom_as_it_says() -> None:
    rng = np.random.default_rng(1)
    tests = [hold(0.5, rng) for _ in range(4000)]
    found = {tuple(one): outcome(one) for one in {tuple(one) for one in tests}}
    results: list[Outcome] = [found[tuple(one)] for one in tests]
    assert np.mean([one.verdict == "heard" for one in results]) < 0.06
    # An exact p: 5 % of those who guess have one of 5 % or less, and no more.
    for level in (0.01, 0.05, 0.2):
        assert np.mean([one.p <= level for one in results]) < level + 0.01
    assert np.mean([one.trials for one in results]) < 25


@pytest.mark.parametrize("rate", [0.5, 0.65, 0.75, 0.9])
def test_interval_holds_the_rate_as_often_as_it_says(rate: float) -> None:
    rng = np.random.default_rng(2)
    held = 0
    kept: dict[tuple[int, int], Outcome] = {}
    for _ in range(1500):
        answers = hold(rate, rng)
        key = (len(answers), sum(answers))
        if key not in kept:
            kept[key] = outcome(answers)
        low, high = kept[key].rate_interval
        held += low <= rate <= high
    assert held / 1500 > 0.935


def test_who_hears_it_is_soon_done() -> None:
    rng = np.random.default_rng(3)
    tests = [hold(0.9, rng) for _ in range(500)]
    assert np.mean([verdict(len(one), sum(one)) == "heard" for one in tests]) > 0.95
    assert np.mean([len(one) for one in tests]) < 15
    assert max(map(len, tests)) <= MAX_TRIALS


def test_answers_after_the_end_do_not_count() -> None:
    more = [True] * 8 + [False] * 10  # sent before the page knew that it was over
    assert is_over(more)
    assert outcome(more) == outcome([True] * 8)


def test_nothing_is_known_without_answers() -> None:
    with pytest.raises(ValueError, match="nothing is known"):
        outcome([])
