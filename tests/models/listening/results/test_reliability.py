"""Reliability of raters: published figures, and raters whose reliability is known."""

from __future__ import annotations

import numpy as np
import pytest
from tonecast.models.listening.answers.answer import Answer
from tonecast.models.listening.answers.store import GivenAnswer
from tonecast.models.listening.ratings import FACTORS, STEPS, Rating
from tonecast.models.listening.results.advice import advice
from tonecast.models.listening.results.reliability import (
    agreement,
    intraclass_correlations,
    repeats,
)

# Shrout and Fleiss (1979), table 2: four judges (rows) on six targets.
JUDGES = np.array(
    [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]], float
)


def given(
    rater: str, place: int, step: int | None, is_repeat: bool = False, **values: object
) -> GivenAnswer:
    kept = {"switches": 6, "seconds": 20.0, **values}
    answer = Answer(
        f"{place:032d}", place, step, "", int(kept["switches"]), 1, (1.0,) * STEPS,  # type: ignore[call-overload]
        float(kept["seconds"]), True,  # type: ignore[arg-type]
    )  # fmt: skip
    return GivenAnswer(rater, "human", f"t{place:03d}", is_repeat, answer, "")


def test_published_correlations_come_out() -> None:
    single, mean = intraclass_correlations(JUDGES)
    assert single == pytest.approx(0.29, abs=0.005)
    assert mean == pytest.approx(0.62, abs=0.005)


def test_agreement_takes_tracks_that_all_decided_on() -> None:
    factors = np.concatenate([JUDGES, np.full((4, 1), np.nan)], axis=1)
    factors[:3, -1] = 4
    found = agreement(factors)
    assert found is not None
    assert (found.raters, found.tracks) == (4, 6)
    low, high = found.single_interval
    assert low < found.single < high


def test_agreement_of_one_rater_or_of_none_is_not_told() -> None:
    assert agreement(JUDGES[:1]) is None
    assert agreement(JUDGES[:, :2]) is None
    assert agreement(np.full((3, 5), 0.25)) is None


def test_repeats_are_compared_with_different_tracks() -> None:
    first = [given("ann", i, step) for i, step in enumerate((0, 4, 8, None))]
    again = [given("ann", 0, 1, True), given("ann", 1, 2, True), given("ann", 3, 5, True)]
    found = repeats([*first, *again])
    assert found is not None
    assert (found.pairs, found.mean_difference) == (2, 1.5)
    assert found.by_chance == pytest.approx((4 + 8 + 4) / 3)
    assert repeats(first) is None


def test_advice_names_who_answers_at_random_and_who_does_not_listen() -> None:
    rng = np.random.default_rng(3)
    best = rng.integers(0, STEPS, 24)
    answers: list[GivenAnswer] = []
    for rater in ("ann", "bob", "cem"):
        steps = np.clip(best + rng.integers(-1, 2, 24), 0, 16)
        answers += [given(rater, i, int(step)) for i, step in enumerate(steps)]
        answers += [given(rater, i, int(step), True) for i, step in enumerate(steps[:4])]
    random = rng.integers(0, STEPS, (2, 24))
    answers += [given("dice", i, int(step)) for i, step in enumerate(random[0])]
    answers += [given("dice", i, int(step), True) for i, step in enumerate((16, 0, 16, 0))
                if abs(random[0][i] - step) > 5]  # fmt: skip
    answers += [given("hasty", i, 4, switches=0, seconds=0.5) for i in range(24)]
    answers += [given("gone", i, int(best[i])) for i in range(5)]
    positions = dict.fromkeys(("ann", "bob", "cem", "dice", "hasty", "gone"), 28)
    rated = [
        Rating(one.track, one.rater, float(FACTORS[one.answer.step or 0]), "human")
        for one in answers
        if not one.is_repeat
    ]
    found = advice(answers, rated, positions)
    assert set(found) == {"dice", "hasty", "gone"}
    assert any("correlates" in one for one in found["dice"])
    assert found["hasty"][:2] == [
        "listened for 0.5 s in the median",
        "switched 0 times a track in the median",
    ]
    assert "chose nearly always the same" in found["hasty"]
    assert found["gone"] == ["answered 5 of 28"]
