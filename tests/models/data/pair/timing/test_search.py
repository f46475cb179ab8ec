"""The delay is found wherever in the file it is, and none where there is none."""

import numpy as np
import pytest
from pedalboard import Distortion, HighpassFilter, Pedalboard
from tonecast.models.data.pair.timing.search import search

RATE_HZ = 16_000
OVERDRIVE = Pedalboard([HighpassFilter(200), Distortion(30)])


@pytest.mark.parametrize("delay_s", [-20.0, -3.3, 0.0, 1.01, 25.0])
def test_wet_sound_is_found_in_all_of_the_file(long_performance, delay_s: float) -> None:
    samples = round(delay_s * RATE_HZ)
    wet = -OVERDRIVE(long_performance, RATE_HZ)
    wet = np.pad(wet, (max(0, samples), 0))[max(0, -samples) :]
    places = search(long_performance, wet, RATE_HZ)
    # What is before 20 s in the dry sound is nowhere in a wet one that begins there.
    in_both = [place for place in places if place.time_s > 3.0 - delay_s]
    assert len(in_both) >= 4
    for place in in_both:
        assert place.delay_s == pytest.approx(delay_s, abs=0.001)
    most = max(places, key=lambda place: place.votes)
    assert most.delay_s == pytest.approx(delay_s, abs=0.001)


def test_another_performance_is_found_nowhere(long_performance, another_performance) -> None:
    assert search(another_performance, long_performance, RATE_HZ) == []


def test_noise_hum_and_silence_are_found_nowhere(long_performance) -> None:
    samples = len(long_performance)
    noise = np.random.default_rng(1).standard_normal(samples).astype(np.float32)
    assert search(long_performance, noise, RATE_HZ) == []
    assert search(long_performance, np.zeros(samples, np.float32), RATE_HZ) == []
    hum = np.sin(2 * np.pi * 50 / RATE_HZ * np.arange(samples)).astype(np.float32)
    assert search(long_performance, hum, RATE_HZ) == []
    assert search(long_performance[:3], long_performance, RATE_HZ) == []


def test_loop_that_repeats_exactly_fits_at_one_of_its_rounds(performance) -> None:
    dry = np.tile(performance[: 2 * RATE_HZ], 10)
    wet = np.pad(OVERDRIVE(dry, RATE_HZ), (160, 0))
    places = search(dry, wet, RATE_HZ)
    assert len(places) >= 6
    common = {round(place.delay_s % 2, 3) for place in places}
    assert common == {0.01}
