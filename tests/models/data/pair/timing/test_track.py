"""The delay along a pair, section by section."""

import numpy as np
import pytest
from tonecast.models.data.pair.timing.search import Place
from tonecast.models.data.pair.timing.track import track

RATE_HZ = 16_000


def test_sections_cover_the_sound_and_quiet_ones_are_left_out(long_performance) -> None:
    dry = long_performance.copy()
    dry[10 * RATE_HZ : 30 * RATE_HZ] = 0
    found = track(dry, np.pad(dry, (80, 0)), RATE_HZ, [Place(0.0, 0.0, 1.0)])
    assert [section.time_s for section in found] == sorted(section.time_s for section in found)
    assert found[0].time_s == 3.0
    assert found[-1].time_s == pytest.approx(37.0, abs=0.01)
    assert not any(13.0 < section.time_s < 27.0 for section in found)
    for section in found:
        assert section.samples == pytest.approx(80, abs=0.1)
        assert section.is_clear


def test_of_two_places_the_one_that_fits_is_taken(long_performance) -> None:
    wet = np.pad(long_performance, (10 * RATE_HZ, 0))
    places = [Place(3.0, 4.0, 9.0), Place(20.0, 10.0, 3.0)]
    found = track(long_performance, wet, RATE_HZ, places)
    for section in found:
        assert section.samples == pytest.approx(10 * RATE_HZ, abs=0.1)


def test_no_place_no_track(performance) -> None:
    assert track(performance, performance, RATE_HZ, []) == []
