"""Slips are found, timed and measured; drift, scatter and single errors are none."""

import numpy as np
import pytest
from pedalboard import Distortion, HighpassFilter, Pedalboard
from tonecast.models.data.pair.timing.alignment import measure_sections
from tonecast.models.data.pair.timing.delay import Delay
from tonecast.models.data.pair.timing.slips import (
    Part,
    Slip,
    describe,
    find_slips,
    longest_part,
    parts_between_slips,
)

RATE_HZ = 16_000
OVERDRIVE = Pedalboard([HighpassFilter(100), Distortion(15)])


def slipped(wet, time_s: float, ms: float):
    at, samples = round(time_s * RATE_HZ), round(ms * RATE_HZ / 1000)
    silence = np.zeros(max(0, samples), np.float32)
    return np.concatenate([wet[:at], silence, wet[at + max(0, -samples) :]])


def found_in(dry, wet):
    return find_slips(dry, wet, RATE_HZ, measure_sections(dry, wet, RATE_HZ))


@pytest.mark.parametrize("ms", [100.0, -100.0, 4.0, -1.5, 3000.0])
def test_slip_is_named_with_its_time_and_size(long_performance, ms: float) -> None:
    wet = slipped(OVERDRIVE(long_performance, RATE_HZ), 26.0, ms)
    parts, (slip,) = found_in(long_performance, wet)
    assert slip.time_s == pytest.approx(26.0, abs=0.15)
    assert 1000 * slip.samples / RATE_HZ == pytest.approx(ms, abs=0.1)
    dry, near, sections, removed = longest_part(long_performance, wet, RATE_HZ, parts)
    assert len(dry) == len(near) == round(slip.time_s * RATE_HZ)
    assert removed == pytest.approx(0, abs=2)
    assert max(abs(section.samples) for section in sections) < 2


def test_part_after_a_slip_is_aligned_by_its_own_delay(long_performance) -> None:
    wet = slipped(OVERDRIVE(long_performance, RATE_HZ), 12.0, 50.0)
    parts, _ = found_in(long_performance, wet)
    dry, near, sections, removed = longest_part(long_performance, wet, RATE_HZ, parts)
    assert len(dry) == pytest.approx(28 * RATE_HZ, abs=0.2 * RATE_HZ)
    assert removed == pytest.approx(800, abs=2)
    begin = len(long_performance) - len(dry)
    np.testing.assert_array_equal(near, wet[begin + removed :][: len(near)])
    assert 0 < sections[0].time_s < 6.0


def test_recording_without_slips_has_none(long_performance) -> None:
    parts, slips = found_in(long_performance, OVERDRIVE(long_performance, RATE_HZ))
    assert slips == []
    assert [(part.begin, part.end) for part in parts] == [(0, len(long_performance))]


def sections_at(delays) -> list[Delay]:
    return [Delay(3.0 * k, delay, 1, 3.0) for k, delay in enumerate(delays)]


def test_drift_and_scatter_are_no_slips() -> None:
    rng = np.random.default_rng(1)
    drifting = 7.2 * np.arange(40) + rng.normal(0, 1.0, 40)  # 150 ppm
    assert len(parts_between_slips(sections_at(drifting), RATE_HZ)) == 1
    jumping = drifting + np.where(np.arange(40) < 25, 0, 64.0)
    assert [len(group) for group in parts_between_slips(sections_at(jumping), RATE_HZ)] == [25, 15]


def test_sections_that_stand_alone_are_errors_unless_there_are_many() -> None:
    delays = np.zeros(20)
    delays[[4, 13]] = 900.0, -5000.0
    assert [len(g) for g in parts_between_slips(sections_at(delays), RATE_HZ)] == [18]
    everywhere = 1000.0 * np.arange(20) ** 1.5
    assert len(parts_between_slips(sections_at(everywhere), RATE_HZ)) == 1
    often = np.repeat([0.0, 500.0, 300.0, 900.0, 1500.0, 2500.0, 100.0], [3, 1, 1, 2, 1, 3, 1])
    assert len(parts_between_slips(sections_at(often), RATE_HZ)) == 7


def test_slips_are_said_in_one_sentence_and_short_parts_refused(performance) -> None:
    slip = Slip(30.0, 1600.0)
    section = Delay(1.0, 0.0, 1, 3.0)
    parts = [
        Part(0, 30 * RATE_HZ, [section, section]),
        Part(30 * RATE_HZ, 50 * RATE_HZ, [section, section]),
    ]
    said = describe(parts, [slip], RATE_HZ, ("dry.wav", "wet.wav"))
    assert said.kind == "warning"
    assert "at 30.0 s the wet sound slips by +100.0 ms" in said.message
    assert "0.0 s to 30.0 s of dry.wav; for all of it record again" in said.message
    many = describe([*parts, *parts, *parts], [slip] * 5, RATE_HZ, ("dry.wav", "wet.wav"))
    assert "and 2 more (+ is later)" in many.message
    short = [Part(k * RATE_HZ, (k + 2) * RATE_HZ, [section, section]) for k in (0, 2, 4)]
    with pytest.raises(
        ValueError, match=r"jumps 2 times, and the longest part .* lasts 2\.0 s; re"
    ):
        longest_part(performance, performance, RATE_HZ, short)
