"""An exchange shows where the device flattens peaks, and nowhere else."""

from pathlib import Path

import numpy as np
import pytest
from pedalboard import (
    Compressor,
    Distortion,
    HighpassFilter,
    LowpassFilter,
    LowShelfFilter,
    Pedalboard,
    Reverb,
)
from tonecast.models.data.pair.device_type import find_device_type
from tonecast.models.data.pair.exchange import check_exchange

RATE_HZ = 16_000
NAMES = (Path("a.wav"), Path("b.wav"))
BENDING = {
    "overdrive": [HighpassFilter(100), Distortion(15)],
    "fuzz": [Distortion(50)],
    "amplifier": [HighpassFilter(120), Distortion(25), LowpassFilter(3000)],
}
OTHERS = {
    "equalizer": [LowShelfFilter(300, 9)],
    "compressor": [Compressor(-30, 4)],
    "reverb": [Reverb(0.5)],
    "dull": [LowpassFilter(300), LowpassFilter(300)],
}


def said_of(dry, wet):
    return check_exchange(dry, wet, find_device_type(dry, wet, RATE_HZ), NAMES)


@pytest.mark.parametrize("box", BENDING)
def test_exchange_is_said_with_the_way_out(performance, box: str) -> None:
    wet = Pedalboard(BENDING[box])(performance, RATE_HZ)
    assert said_of(performance, wet) == []
    (said,) = said_of(wet, performance)
    assert said.kind == "warning"
    assert "look exchanged: a.wav is the more distorted" in said.message
    assert said.message.endswith("If so, give --dry b.wav --wet a.wav.")


@pytest.mark.parametrize("box", OTHERS)
def test_what_can_be_undone_is_no_exchange(performance, box: str) -> None:
    wet = Pedalboard(OTHERS[box])(performance, RATE_HZ)
    assert said_of(performance, wet) == []
    if box != "compressor":
        assert said_of(wet, performance) == []


def test_noise_and_a_rectifier_are_no_exchange(performance) -> None:
    noise = np.random.default_rng(1).standard_normal(len(performance))
    assert said_of(performance, (performance + 0.02 * noise).astype(np.float32)) == []
    assert said_of(performance, np.abs(performance)) == []
