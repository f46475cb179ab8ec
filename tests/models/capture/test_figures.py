from dataclasses import replace

import numpy as np
import pytest
from tonecast.models.capture.figures import HeldOut, PairFigures, figures, mr_stft
from tonecast.models.capture.ladder.tried import Tried
from tonecast.models.capture.report import limit_message
from tonecast.models.data.pair.device_type import DeviceType

RATE_HZ = 16_000
FRAMED = Tried("CAE", False, -9.0, 0.1, 1024, 60.0)
RIDING, BENDING = DeviceType(-10, -11, -20), DeviceType(-10, -20, -11)


def figure(effect_db: float, levelled_db: float = -99.0) -> PairFigures:
    return PairFigures(effect_db, -1.0, -5.0, -6.0, -5.0, levelled_db, None, None)


@pytest.mark.parametrize(
    ("esr", "word"), [(0.0099, "great"), (0.034, "good"), (0.099, "fair"), (0.11, "poor")]
)
def test_ladder(esr: float, word: str) -> None:
    assert figure(10 * np.log10(esr)).verdict == word


def test_compressor_is_named_as_what_cannot_be_followed() -> None:
    """The right sound at a level that swells: most of the error is a gain that moves."""
    rng = np.random.default_rng(1)
    dry = rng.standard_normal(3 * RATE_HZ).astype(np.float32)
    swell = (1 + 0.5 * np.sin(2 * np.pi * np.arange(len(dry)) / RATE_HZ)).astype(np.float32)

    def found(played) -> PairFigures:
        return figures(HeldOut(dry, swell * dry, played, dry, dry, 1.0, 0), RATE_HZ)

    assert found(dry).effect_db == pytest.approx(10 * np.log10(0.125 / 1.125), abs=0.1)
    assert "cannot follow a gain" in limit_message(found(dry), FRAMED, RIDING)
    assert limit_message(found(dry), replace(FRAMED, is_causal=True), RIDING) == ""
    hissing = swell * dry + 0.3 * rng.standard_normal(len(dry)).astype(np.float32)
    assert limit_message(found(hissing), FRAMED, RIDING) == ""
    assert limit_message(found(dry), FRAMED, BENDING) == ""  # a wrong gain is not one that moves


def test_stft_distance_is_auraloss_own() -> None:
    pytest.importorskip("auraloss")
    rng = np.random.default_rng(1)
    sound = rng.standard_normal(RATE_HZ).astype(np.float32)
    assert mr_stft(sound, sound) == pytest.approx(0, abs=1e-4)
    near, far = (
        mr_stft(sound + k * rng.standard_normal(RATE_HZ).astype(np.float32), sound)
        for k in (0.1, 1)
    )
    assert near is not None
    assert far is not None
    assert 0 < near < far
