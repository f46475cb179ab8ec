"""A delay that is given is taken, and said to be doubtful where another is measured."""

import numpy as np
import pytest
from tonecast.models.data.pair.timing.alignment import Timing
from tonecast.models.data.pair.timing.by_hand import timing_by_hand

RATE_HZ = 16_000


def test_delay_that_was_given_is_taken_and_polarity_measured(performance) -> None:
    wet = -np.pad(performance, (160, 0))
    timing, (said,) = timing_by_hand(performance, wet, RATE_HZ, 10.0)
    assert timing == Timing(160.0, 160.0, -1)
    assert (said.kind, said.message) == ("passed", "The delay of 10 ms that was given is taken.")


def test_delay_other_than_the_measured_one_is_doubted(performance) -> None:
    timing, (said,) = timing_by_hand(performance, np.pad(performance, (160, 0)), RATE_HZ, 15.0)
    assert timing == Timing(240.0, 240.0, 1)
    assert said.kind == "warning"
    assert "10.00 ms are measured" in said.message


def test_delay_of_what_cannot_be_measured_is_taken(performance, another_performance) -> None:
    timing, (said,) = timing_by_hand(performance, another_performance, RATE_HZ, -5.0)
    assert timing.start_samples == -80.0
    assert said.kind in ("passed", "warning")


@pytest.mark.parametrize("delay_ms", [6001.0, -6001.0, float("nan"), float("inf")])
def test_delay_beyond_the_recordings_is_refused(performance, delay_ms: float) -> None:
    with pytest.raises(ValueError, match=r"a delay of .* ms is no place in the recordings, which"):
        timing_by_hand(performance, performance, RATE_HZ, delay_ms)
