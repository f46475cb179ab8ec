"""A pair with real faults: late, early, with inverted polarity, on another clock."""

from pathlib import Path

import numpy as np
import pytest
from pedalboard import Compressor, Distortion, HighpassFilter, LowpassFilter, Pedalboard
from scipy.interpolate import CubicSpline
from scipy.signal import resample_poly
from tonecast.models.data.pair.baselines import esr_db
from tonecast.models.data.pair.timing.alignment import (
    Timing,
    aligned,
    describe,
    measure_sections,
    measure_timing,
)
from tonecast.models.data.pair.timing.delay import measure_delay

RATE_HZ = 16_000
BOXES = {
    "wire": [],
    "overdrive": [HighpassFilter(200), Distortion(30), LowpassFilter(3000)],
    "fuzz": [Distortion(60)],
    "compressor": [Compressor(-30, 8)],
    "dull": [LowpassFilter(300), LowpassFilter(300)],
}


def through(box: str, dry):
    return Pedalboard(BOXES[box])(dry, RATE_HZ)


def timing_of(dry, wet) -> Timing | None:
    return measure_timing(dry, wet, RATE_HZ, measure_sections(dry, wet, RATE_HZ))


def moved(wet, samples: int):
    return np.pad(wet, (max(0, samples), 0))[max(0, -samples) :]


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("delay", [-1700, -3, 0, 45, 9000])
def test_any_delay_is_found_through_any_box(performance, box: str, delay: int) -> None:
    wet = moved(-through(box, performance), delay)
    found = timing_of(performance, wet)
    assert found is not None
    assert found.drift_samples == 0
    assert found.polarity == -1
    # Filters are late themselves, the two dull ones by some samples.
    assert found.start_samples == pytest.approx(delay, abs=12 if box == "dull" else 2)


def test_delay_is_found_to_a_fraction_of_a_sample(performance) -> None:
    spline = CubicSpline(np.arange(4 * len(performance)), resample_poly(performance, 4, 1))
    wet = spline(4 * (np.arange(len(performance)) - 12.4)).astype(np.float32)
    found = measure_delay(performance, wet, RATE_HZ, 0, len(performance) - 100, 0)
    assert found.samples == pytest.approx(12.4, abs=0.1)
    assert found.polarity == 1
    assert found.clearness > 2


@pytest.mark.parametrize("ppm", [-80.0, 150.0])
@pytest.mark.parametrize("box", ["wire", "overdrive"])
def test_two_clocks_become_one(performance, box: str, ppm: float) -> None:
    dry = np.tile(performance, 2)
    box_sound = through(box, dry)
    fine = resample_poly(box_sound.astype(np.float64), 4, 1)
    places = np.arange(len(dry)) * (1 - 1e-6 * ppm) - 500.0
    wet = CubicSpline(np.arange(len(fine)), fine)(4 * places).astype(np.float32)
    wet[places < 0] = 0
    found = timing_of(dry, wet)
    assert found is not None
    assert found.drift_samples == pytest.approx(1e-6 * ppm * len(dry), rel=0.01)
    clock = next(f for f in describe(found, len(dry), RATE_HZ, Path("w.wav")) if f.check == "clock")
    assert clock.kind == "corrected"
    _, one_wet = aligned(dry, wet, found)
    assert esr_db(one_wet, through(box, dry)[: len(one_wet)]) < -20
    as_it_was = moved(wet, -round(found.start_samples))[: len(box_sound)]
    assert esr_db(as_it_was, box_sound[: len(as_it_was)]) > -14


def test_two_performances_do_not_agree(performance, another_performance) -> None:
    assert timing_of(performance, another_performance) is None


def test_timing_that_was_found_is_put_right(performance) -> None:
    wet = moved(-through("overdrive", performance), 700)
    dry, corrected = aligned(performance, wet, Timing(700.3, 700.3, -1))
    assert len(dry) == len(corrected) == len(performance)
    np.testing.assert_array_equal(corrected, through("overdrive", performance))
    early = moved(performance, -700)
    dry, corrected = aligned(performance, early, Timing(-700.0, -700.0, 1))
    np.testing.assert_array_equal(dry, corrected)
    np.testing.assert_array_equal(dry, performance[700:])


def test_each_fault_has_a_sentence() -> None:
    def said(found: Timing) -> dict[str, tuple[str, str]]:
        results = describe(found, 100_000, RATE_HZ, Path("w.wav"))
        return {f.check: (f.kind, f.message) for f in results}

    fine = said(Timing(0.2, 0.2, 1))
    assert {kind for kind, _ in fine.values()} == {"passed"}
    late = said(Timing(160.4, 160.4, -1))
    assert late["delay"][1] == (
        "w.wav is 160.4 samples (10.03 ms) late; 160 were removed, and the rest is left to the "
        "model."
    )
    assert late["polarity"][0] == "corrected"
    assert "(0.19 ms) early; 3 were removed" in said(Timing(-3.0, -3.0, 1))["delay"][1]
    assert "+5.0 samples from start to end, +50.0 ppm" in said(Timing(7, 12, 1))["clock"][1]
    with pytest.raises(ValueError, match=r"w.wav runs 2000 ppm slower than the dry recording, too"):
        said(Timing(0, 200, 1))
