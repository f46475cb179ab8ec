"""The simulated optical compressor compresses, and lets go the slower the longer it has."""

import numpy as np
import pytest
from numpy.typing import NDArray
from tonecast.models import optical_compressor

RATE_HZ = 48_000


def gain_db(dry: NDArray[np.float32]) -> NDArray[np.float64]:
    """Gain of each sample of a sound that is never zero."""
    return 20 * np.log10(np.abs(optical_compressor.render(dry, RATE_HZ) / dry))


def steady(level_db: float, seconds: float) -> NDArray[np.float32]:
    return np.full(round(seconds * RATE_HZ), 10 ** (level_db / 20), np.float32)


def test_far_above_the_threshold_it_compresses_by_its_ratio() -> None:
    louder, quieter = (gain_db(steady(level_db, 4.0))[-1] for level_db in (-6.0, -12.0))
    assert quieter - louder == pytest.approx(6 * (1 - 1 / optical_compressor.RATIO), abs=0.2)


def test_below_it_there_is_make_up_alone() -> None:
    assert gain_db(steady(-70.0, 1.0))[-1] == pytest.approx(optical_compressor.MAKE_UP_DB, abs=0.1)


def test_after_a_long_sound_it_lets_go_more_slowly() -> None:
    left = []
    for seconds in (0.2, 6.0):
        sound = np.concatenate([steady(-10.0, seconds), steady(-70.0, 1.0)])
        reduction_db = optical_compressor.MAKE_UP_DB - gain_db(sound)
        end = round(seconds * RATE_HZ)
        left.append(reduction_db[end + RATE_HZ // 2] / reduction_db[end - 1])
    short, long = left
    assert long > short + 0.05


def test_nothing_is_known_before_it_happens() -> None:
    dry = np.random.default_rng(1).uniform(-0.5, 0.5, 4096).astype(np.float32)
    whole = optical_compressor.render(dry, RATE_HZ)
    begun = optical_compressor.render(dry[:1999], RATE_HZ)
    np.testing.assert_allclose(whole[:1999], begun, rtol=1e-12)
