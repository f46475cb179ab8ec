"""How late a wet sound has to be for a model that hears no future."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal
from tonecast.models.data.pair.causality import causal_delay_samples, causal_pair
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
