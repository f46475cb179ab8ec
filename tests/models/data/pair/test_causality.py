"""How late a wet sound has to be for a model that hears no future."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal
from tonecast.models.data.pair.causality import (
    causal_delay_samples,
    causal_pair,
    causal_pairs,
)
from tonecast.models.data.pair.device_type import find_device_type
from tonecast.models.data.pair.pair import Pair

RATE_HZ = 16_000


def turned(sound: np.ndarray, order: int) -> np.ndarray:
    """Through allpass filters, which delay by much more than they need to."""
    for _ in range(order):
        sound = signal.lfilter([0.85, -1], [1, -0.85], sound)
    return np.tanh(2 * sound).astype(np.float32)


@pytest.mark.parametrize("order", [0, 2])
@pytest.mark.parametrize("off", [-11, 0, 7, 30])
def test_alignment_that_came_too_soon_or_late_is_found(performance, order: int, off: int) -> None:
    wet = np.roll(turned(performance, order), -off)
    assert abs(causal_delay_samples(performance, wet, RATE_HZ) - off) <= 2


def test_pair_is_moved_and_it_is_said(performance) -> None:
    wet = turned(performance, 1)
    kind = find_device_type(performance, wet, RATE_HZ)
    pair = Pair(performance, wet, RATE_HZ, kind, (), "made")
    for off, said in ((30, "samples (1.9 ms) later"), (-30, "samples (1.9 ms) earlier")):
        moved, result = causal_pair(replace(pair, wet=np.roll(wet, -off)))
        assert said in result.message
        assert len(moved.dry) == len(moved.wet)
        again, result = causal_pair(moved)
        assert result.kind == "passed"
        assert again is moved


def test_settings_of_one_device_are_delayed_alike(performance) -> None:
    """But where their files are late by much more than knobs turn, each stays as it was aligned."""
    kind = find_device_type(performance, turned(performance, 1), RATE_HZ)
    settings = [turned(performance, order) for order in (0, 1, 2)]
    settings.append(np.roll(settings[0], 9))  # alone it would be learned 9 samples earlier
    pairs = [
        Pair(performance, np.roll(wet, -cut), RATE_HZ, kind, (), "made", delay_samples=cut + 100)
        for wet, cut in zip(settings, (0, 7, 13, 0), strict=True)
    ]
    moved = [pair for pair, _ in causal_pairs(pairs)]
    needs = [causal_delay_samples(pair.dry, pair.wet, RATE_HZ) for pair in moved]
    assert abs(max(needs)) <= 2  # no later than the setting that needs the most
    later = set()
    for wet, pair in zip(settings, moved, strict=True):
        n = len(performance) - len(pair.dry)
        heard = {off: np.abs(pair.wet[:-50] - wet[off:][: len(pair.wet) - 50]) for off in range(20)}
        off = min(heard, key=lambda at: float(heard[at].max()))
        assert np.array_equal(pair.dry, performance[n:])
        later.add(n - off)
    assert len(later) == 1

    alone = {len(pair.dry) - len(causal_pair(pair)[0].dry) for pair in (pairs[0], pairs[3])}
    assert len(alone) == 2

    apart = [replace(pairs[0], delay_samples=0), replace(pairs[2], delay_samples=1000)]
    late = [causal_delay_samples(pair.dry, pair.wet, RATE_HZ) for pair in apart]
    for pair, (moved_pair, _) in zip(apart, causal_pairs(apart), strict=True):
        assert np.array_equal(moved_pair.dry, pair.dry[max(late) :])
