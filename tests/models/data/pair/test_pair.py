"""All checks in order, on files: what is found is said, and nothing else."""

import numpy as np
import pytest
from pedalboard import Distortion, HighpassFilter, LowShelfFilter, Pedalboard
from tonecast.models.data.pair.pair import read_pair

RATE_HZ = 16_000
OVERDRIVE = Pedalboard([HighpassFilter(100), Distortion(15)])


def results_of(write, dry, wet, delay_ms=None) -> dict[str, str]:
    pair = read_pair(write("dry.wav", dry), write("wet.wav", wet), delay_ms)
    return {
        result.check: result.message for result in pair.check_results if result.kind != "passed"
    }


@pytest.mark.parametrize("late_s", [1.01, 7.0])
def test_late_recording_is_aligned_to_the_sample(write, performance, late_s: float) -> None:
    played = 0.5 * OVERDRIVE(performance, RATE_HZ)
    wet = np.pad(played, (round(late_s * RATE_HZ), 0))
    pair = read_pair(write("dry.wav", performance), write("wet.wav", wet))
    at = int(np.flatnonzero(np.isclose(performance, pair.dry[0], atol=1e-6))[0])
    np.testing.assert_allclose(pair.wet[:1000], played[at : at + 1000], atol=1e-6)


def test_slip_is_said_and_the_longest_part_used(write, long_performance) -> None:
    played = 0.5 * OVERDRIVE(long_performance, RATE_HZ)
    at = 30 * RATE_HZ
    wet = np.concatenate([played[:at], np.zeros(1600, np.float32), played[at:]])
    pair = read_pair(write("dry.wav", long_performance), write("wet.wav", wet))
    said = {result.check: result.message for result in pair.check_results}
    assert "at 30.0 s the wet sound slips by +100.0 ms" in said["slip"]
    assert said["clock"] == "The delay is the same at start and end."
    assert len(pair.dry) == pytest.approx(30 * RATE_HZ, rel=0.01)


def test_slips_without_a_part_to_use_are_refused(write, performance) -> None:
    played = np.array_split(0.5 * OVERDRIVE(performance, RATE_HZ), 3)
    wet = np.concatenate([np.pad(part, (320 * k, 0)) for k, part in enumerate(played, 1)])
    with pytest.raises(ValueError, match=r"jumps 2 times, and the longest|no delay aligns them"):
        read_pair(write("dry.wav", performance), write("wet.wav", wet))


def test_each_fault_has_its_finding(write, performance) -> None:
    played = 0.5 * OVERDRIVE(performance, RATE_HZ)
    with pytest.raises(ValueError, match=r"dry.wav and .*wet.wav hold the same sound"):
        results_of(write, performance, np.pad(performance, (50, 0)))
    assert "same sound" in results_of(write, performance, -0.5 * performance)
    assert "exchange" in results_of(write, played, performance)
    clipped = 0.5 * np.clip(2.5 * performance, -1, 1)
    assert "flat tops" in results_of(write, clipped, OVERDRIVE(clipped, RATE_HZ))
    echo = played + 0.3 * np.pad(played, (4000, 0))[: len(played)]
    assert "an echo after 250 ms" in results_of(write, performance, echo)["echo"]


def test_long_silence_before_either_is_no_fault(write, performance) -> None:
    played = 0.5 * OVERDRIVE(performance, RATE_HZ)
    for before_dry_s, before_wet_s in ((30, 0), (0, 30)):
        dry = np.pad(performance, (before_dry_s * RATE_HZ, 0))
        wet = np.pad(played, (before_wet_s * RATE_HZ, 0))
        pair = read_pair(write("dry.wav", dry), write("wet.wav", wet))
        assert len(pair.dry) == pytest.approx(len(performance), rel=0.05)


@pytest.mark.parametrize("box", [OVERDRIVE, Pedalboard([LowShelfFilter(300, 6)])])
def test_good_pair_is_only_short(write, performance, box: Pedalboard) -> None:
    assert set(results_of(write, performance, 0.4 * box(performance, RATE_HZ))) <= {"length"}


def test_delay_by_hand_is_used_and_tells_one_training_from_another(write, performance) -> None:
    paths = write("dry.wav", performance), write("wet.wav", np.pad(-(performance**3), (160, 0)))
    measured, by_hand = read_pair(*paths), read_pair(*paths, 10.0)
    np.testing.assert_array_equal(measured.wet, by_hand.wet)
    assert by_hand.credit == f"{measured.credit}, the delay 10 ms"
    assert not np.array_equal(read_pair(*paths, 12.0).wet[:1000], measured.wet[:1000])
    with pytest.raises(ValueError, match=r"a delay of 7000 ms is no place in the recordings"):
        read_pair(*paths, 7000.0)
