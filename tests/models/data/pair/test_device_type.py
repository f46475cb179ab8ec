"""Do the two belong together, and what kind of box is between them."""

from pathlib import Path

import numpy as np
import pytest
from pedalboard import Compressor, Distortion, LowShelfFilter, PeakFilter, Reverb
from tonecast.models.data.pair.baselines import esr_db, fit_curve, fit_filter
from tonecast.models.data.pair.coherence import check_coherence
from tonecast.models.data.pair.device_type import describe, find_device_type, level_of

RATE_HZ = 16_000
NAMES = (Path("dry.wav"), Path("wet.wav"))


def test_two_performances_do_not_belong_together(performance, another_performance) -> None:
    with pytest.raises(ValueError, match=r"dry.wav and wet.wav do not belong together: their coh"):
        check_coherence(performance, another_performance, RATE_HZ, NAMES)


def test_fuzz_belongs_to_what_went_in(performance) -> None:
    for plugin in (Distortion(60), Compressor(-30, 8), PeakFilter(500, 12)):
        assert (
            check_coherence(performance, plugin(performance, RATE_HZ), RATE_HZ, NAMES).kind
            == "passed"
        )


def test_reverb_alone_is_doubtful(performance) -> None:
    wet = Reverb(0.9, wet_level=1, dry_level=0)(performance, RATE_HZ)
    said = check_coherence(performance, wet, RATE_HZ, NAMES)
    assert said.kind == "warning"
    assert "Expect little" in said.message


def test_filter_is_found_from_what_it_did(performance) -> None:
    wet = LowShelfFilter(500, 10)(performance, RATE_HZ)
    half = len(performance) // 2
    learned = fit_filter(performance[:half], wet[:half])
    assert esr_db(learned(performance)[half:], wet[half:]) < -30


def test_curve_is_found_from_what_it_did(performance) -> None:
    wet = np.tanh(3 * performance)
    assert esr_db(fit_curve(performance.astype(float), wet)(performance.astype(float)), wet) < -30


def test_equalizer_a_distortion_and_a_compressor_are_told_apart(performance) -> None:
    equalizer, distortion, compressor = (
        find_device_type(performance, plugin(performance, RATE_HZ), RATE_HZ)
        for plugin in (PeakFilter(800, 9), Distortion(24), Compressor(-35, 10, 5, 200))
    )
    assert equalizer.is_linear
    assert not distortion.is_linear
    assert not distortion.has_dynamic_gain
    assert compressor.has_dynamic_gain
    assert "is an equalizer" in describe(equalizer).message
    assert "with a curve after it" in describe(distortion).message
    assert "dynamic gain, as a compressor does" in describe(compressor).message


def test_gain_that_moves_is_followed(performance) -> None:
    swell = np.linspace(0.2, 1, len(performance), dtype=np.float32)
    found = level_of(performance, swell * performance, RATE_HZ)
    loud = slice(RATE_HZ, -RATE_HZ)
    np.testing.assert_allclose(found[loud], swell[loud], atol=0.02)
