"""The same sound twice is refused, a copy at another level is said, a device is neither."""

from pathlib import Path

import numpy as np
import pytest
from pedalboard import Distortion, Gain, LowShelfFilter, Pedalboard
from tonecast.models.data.pair.same_sound import check_same

RATE_HZ = 16_000
NAMES = (Path("dry.wav"), Path("wet.wav"))


def test_same_sound_is_refused_with_dither_and_in_another_format(performance) -> None:
    dither = np.random.default_rng(1).triangular(-1, 0, 1, len(performance)) / 32768
    sixteen = (np.rint(32768 * (performance + dither)) / 32768).astype(np.float32)
    for wet in (performance, sixteen, -performance):
        with pytest.raises(ValueError, match=r"dry.wav and wet.wav hold the same sound, so there"):
            check_same(performance, wet, NAMES)


@pytest.mark.parametrize("gain_db", [-12.0, -0.5, 6.0])
def test_copy_at_another_level_is_named(performance, gain_db: float) -> None:
    (said,) = check_same(performance, Gain(gain_db)(performance, RATE_HZ), NAMES)
    assert said.kind == "warning"
    assert f"wet.wav is dry.wav with a gain of {gain_db:+.1f} dB, and nothing else" in said.message
    assert "Check that the device was on" in said.message


@pytest.mark.parametrize("plugin", [LowShelfFilter(300, 3), Distortion(10), Distortion(3)])
def test_gentle_device_is_no_copy(performance, plugin) -> None:
    assert check_same(performance, Pedalboard([plugin])(performance, RATE_HZ), NAMES) == []
