"""Orders: each rater's own, with hidden repeats, and every start as likely."""

import numpy as np
import pytest
from tonecast.models.listening.answers.order import draw_order
from tonecast.models.listening.ratings import STEPS

TRACKS = [f"t{i:03d}" for i in range(40)]


def test_rater_hears_every_track_once_and_some_again() -> None:
    order = draw_order(TRACKS, 0.1, 7, 1)
    assert sorted(one.track for one in order if not one.is_repeat) == TRACKS
    again = [one.track for one in order if one.is_repeat]
    assert len(again) == len(set(again)) == 4


def test_repeat_comes_after_its_first_time_with_others_between() -> None:
    for rater in range(50):
        order = draw_order(TRACKS[:6], 0.4, 7, rater)
        names = [one.track for one in order]
        for i, one in enumerate(order):
            assert one.is_repeat == (one.track in names[:i])
            assert i == 0 or names[i - 1] != one.track


def test_raters_have_orders_of_their_own() -> None:
    orders = {tuple(one.track for one in draw_order(TRACKS, 0.1, 7, i)) for i in range(30)}
    assert len(orders) == 30
    assert draw_order(TRACKS, 0.1, 7, 3) == draw_order(TRACKS, 0.1, 7, 3)


def test_every_track_comes_at_every_place_alike() -> None:
    first = [draw_order(TRACKS[:4], 0, 7, rater)[0].track for rater in range(800)]
    counts = np.unique(first, return_counts=True)[1]
    assert counts.min() > 150  # 200, with a standard deviation of 12


def test_slider_begins_anywhere() -> None:
    starts = [one.start_step for rater in range(50) for one in draw_order(TRACKS, 0, 7, rater)]
    counts = np.bincount(starts, minlength=STEPS)
    assert counts.size == STEPS
    assert counts.min() > 70  # 118, with a standard deviation of 11


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_tracks_have_an_order_too(count: int) -> None:
    order = draw_order(TRACKS[:count], 0.5, 7, 1)
    assert sorted({one.track for one in order}) == TRACKS[:count]
