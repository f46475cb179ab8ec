"""Power by simulation: what must be so whatever is assumed."""

import pytest
from tonecast.models.listening.results.power import Assumptions, power


def test_predictor_that_knows_nothing_is_not_shown_to_be_better() -> None:
    assert power(10, 60, Assumptions(explained=0.0)) < 0.08


def test_predictor_that_knows_all_is_shown_with_few_tracks() -> None:
    assert power(10, 30, Assumptions(agreement=0.6, explained=1.0)) > 0.99


def test_more_tracks_knowledge_and_agreement_show_more() -> None:
    usual = Assumptions(0.3, 0.3)
    small = power(5, 30, usual)
    assert small + 0.2 < power(5, 150, usual)
    assert small + 0.2 < power(5, 30, Assumptions(0.3, 0.8))
    assert small + 0.1 < power(5, 30, Assumptions(0.7, 0.3))
    assert power(5, 30, usual) == small  # the same on every run


@pytest.mark.parametrize("values", [{"agreement": 1.5}, {"explained": -0.1}])
def test_shares_that_are_none_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be from 0 to 1"):
        Assumptions(**values)
