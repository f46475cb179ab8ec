"""Clipping that was turned down afterwards is seen; round peaks and full scale are none."""

from pathlib import Path

import numpy as np
import pytest
from pedalboard import Distortion
from tonecast.models.data.pair.flat_tops import describe_dry, describe_wet, find_flat_tops

RATE_HZ = 16_000
PATH = Path("x.wav")


@pytest.mark.parametrize("gain", [0.9, 0.5, 0.03])
def test_clipping_that_was_turned_down_is_found(performance, gain: float) -> None:
    clipped = gain * np.clip(3 * performance, -1, 1)
    dither = np.random.default_rng(1).triangular(-1, 0, 1, len(clipped)) / 32768
    for audio in (clipped, np.rint(32768 * (clipped + dither)) / 32768, -clipped):
        found = find_flat_tops(audio.astype(np.float32))
        assert found is not None
        assert found.level == pytest.approx(gain, abs=1e-4)
        assert found.samples == pytest.approx((np.abs(clipped) == gain).sum(), rel=0.3)


def test_one_side_is_enough(performance) -> None:
    found = find_flat_tops(np.maximum(performance, -0.2))
    assert found is not None
    assert found.level == pytest.approx(0.2)


def test_round_peaks_are_none(performance) -> None:
    times_s = np.arange(10 * 48_000) / 48_000
    for hz in (20.0, 50.0, 440.0, 997.0):
        sine = 0.5 * np.sin(2 * np.pi * hz * times_s)
        assert find_flat_tops(sine.astype(np.float32)) is None
        assert find_flat_tops((np.rint(32768 * sine) / 32768).astype(np.float32)) is None
    assert find_flat_tops(performance) is None
    assert find_flat_tops(0.4 * Distortion(15)(performance, RATE_HZ)) is None
    assert find_flat_tops(np.zeros(1000, np.float32)) is None
    assert find_flat_tops(np.full(1000, 0.3, np.float32)) is None  # direct current
    assert find_flat_tops(np.zeros(0, np.float32)) is None


def test_full_scale_is_counted_elsewhere(performance) -> None:
    assert find_flat_tops(np.clip(4 * performance, -1, 1)) is None


def test_dry_is_warned_about_and_wet_may_be_the_device(performance) -> None:
    found = find_flat_tops(np.clip(performance, -0.25, 0.25))
    assert found is not None
    (dry,) = describe_dry(PATH, found, len(performance))
    assert dry.kind == "warning"
    assert "x.wav was clipped and turned down afterwards" in dry.message
    assert "cut off at -12.0 dBFS" in dry.message
    (wet,) = describe_wet(PATH, found, len(performance))
    assert wet.kind == "passed"
    assert "Software that clips hard does so; if yours does not" in wet.message
    assert describe_dry(PATH, None, 9) == describe_wet(PATH, None, 9) == []
