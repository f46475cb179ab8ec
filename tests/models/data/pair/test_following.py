"""Dropouts and other takes are named with their times; devices follow all the time."""

from pathlib import Path

import numpy as np
import pytest
from pedalboard import Chorus, Compressor, Distortion, HighpassFilter, Pedalboard, Reverb
from tonecast.models.data.pair.following import check_following, unfollowed_spans

RATE_HZ = 16_000
NAMES = (Path("dry.wav"), Path("wet.wav"))
OVERDRIVE = Pedalboard([HighpassFilter(100), Distortion(15)])


def test_dropout_is_named_with_its_time_in_the_file(long_performance) -> None:
    wet = OVERDRIVE(long_performance, RATE_HZ)
    wet[15 * RATE_HZ : 25 * RATE_HZ] = 0
    ((begin_s, end_s),) = unfollowed_spans(long_performance, wet, RATE_HZ)
    assert begin_s == pytest.approx(15, abs=0.6)
    assert end_s == pytest.approx(25, abs=0.6)
    (said,) = check_following(long_performance, wet, RATE_HZ, 100.0, NAMES)
    assert said.kind == "warning"
    assert f"wet.wav does not follow dry.wav from {100 + begin_s:.1f} s to" in said.message
    assert "cut it out of both" in said.message


def test_another_take_is_found(long_performance, another_performance) -> None:
    wet = OVERDRIVE(long_performance, RATE_HZ)
    wet[10 * RATE_HZ : 16 * RATE_HZ] = OVERDRIVE(another_performance, RATE_HZ)
    spans = unfollowed_spans(long_performance, wet, RATE_HZ)
    assert all(9.4 < begin_s < end_s < 16.6 for begin_s, end_s in spans)
    assert sum(end_s - begin_s for begin_s, end_s in spans) > 3


@pytest.mark.parametrize(
    "plugin", [Distortion(40), Compressor(-30, 8), Reverb(0.5), Chorus(), HighpassFilter(500)]
)
def test_device_follows(long_performance, plugin) -> None:
    wet = Pedalboard([plugin])(long_performance, RATE_HZ)
    assert check_following(long_performance, wet, RATE_HZ, 0.0, NAMES) == []
    pause = long_performance.copy()
    pause[10 * RATE_HZ : 20 * RATE_HZ] = 0
    noise = 1e-3 * np.random.default_rng(1).standard_normal(len(wet)).astype(np.float32)
    assert unfollowed_spans(pause, Pedalboard([plugin])(pause, RATE_HZ) + noise, RATE_HZ) == []
