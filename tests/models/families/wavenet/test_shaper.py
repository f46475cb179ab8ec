"""Filter, curve, filter as a WaveNet: what is set in closed form is what is played."""

import numpy as np
import pytest
from scipy import signal

torch = pytest.importorskip("torch")

from tonecast.models.families.wavenet.shaper import (  # noqa: E402
    SHAPER_FAMILY,
    ShaperSize,
    shaper_weights,
)


def test_filter_then_curve() -> None:
    rng = np.random.default_rng(1)
    size = ShaperSize(taps_before=20, points=5, taps_after=7)
    taps = rng.standard_normal(20) / 4
    inputs, outputs = np.array([-1, -0.3, 0, 0.2, 1.5]), np.array([-0.5, -0.4, 0.1, 0.3, 0.35])
    network = SHAPER_FAMILY.build(size)
    network.load_flat(shaper_weights(size, taps, inputs, outputs))
    sound = rng.standard_normal(400).astype(np.float32)
    wanted = np.interp(signal.lfilter(taps, [1], sound), inputs, outputs)
    with torch.no_grad():
        states = network.rested_states(1)
        played = network(torch.from_numpy(sound)[None], [], states)[0][0].numpy()
    assert np.abs(played - wanted).max() < 1e-5


@pytest.mark.parametrize("wrong", [{"taps_before": 0}, {"taps_after": 0}, {"points": 1}])
def test_impossible_sizes_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="A shaper needs filters of a tap or more, and a curve of"):
        ShaperSize(**wrong)
