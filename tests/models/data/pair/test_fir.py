"""Filters in closed form."""

import numpy as np
import pytest
from scipy import signal
from tonecast.models.data.pair.baselines import esr_db
from tonecast.models.data.pair.fir import filtered, fit_fir

RATE_HZ = 16_000


@pytest.mark.parametrize("cut_hz", [200, 3000])
def test_filter_is_found_to_the_last_bit_that_matters(performance, cut_hz: float) -> None:
    """From pieces with gaps between them, heard on what lies in the gaps."""
    wet = signal.lfilter(*signal.butter(2, cut_hz, "high", fs=RATE_HZ), performance)
    wet = wet.astype(np.float32)
    pieces = [(0, 20_000), (24_000, 50_000), (60_000, 80_000)]
    taps = fit_fir(performance, wet, pieces, 512)
    assert len(taps) == 512
    rest = np.s_[80_000:]
    assert esr_db(filtered(performance, taps)[rest], wet[rest]) < -80


def test_one_tap_is_a_gain(performance) -> None:
    (gain,) = fit_fir(performance, 0.3 * performance, [(0, len(performance))], 1)
    assert gain == pytest.approx(0.3, rel=1e-6)
