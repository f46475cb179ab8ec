"""What users set, in both forms of the equalizer, as they ship and through the engine."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.signal import lfilter
from tonecast import Effect
from tonecast.benchmarks.quality.material import peaking_biquad
from tonecast.models.resonance_eq.bands import BAND_CENTERS_HZ
from tonecast.models.resonance_eq.neighbourhood import Neighbourhood
from tonecast.models.resonance_eq.selection import selected_db
from tonecast.models.resonance_eq.sensitivity import Sensitivity

RATE_HZ = 48_000
LOW_HZ, HIGH_HZ = 600.0, 4000.0
Audio = NDArray[np.float32]


def ringing(seed: int, *gains_db: float) -> NDArray[np.float64]:
    """Three seconds of noise that ring at the low and the high frequency."""
    audio = 0.1 * np.random.default_rng(seed).standard_normal(3 * RATE_HZ)
    for frequency_hz, gain_db in zip((LOW_HZ, HIGH_HZ), gains_db, strict=True):
        audio = lfilter(*peaking_biquad(RATE_HZ, frequency_hz, gain_db, 20), audio)
    return audio


def cut_db(name: str, audio: NDArray[np.float64], **controls: float) -> NDArray[np.float64]:
    """What is lost within a tenth of an octave of both frequencies [channels, 2], once settled."""
    sound = np.atleast_2d(audio).astype(np.float32)
    effect = Effect(name, attenuation=1, **controls)  # type: ignore[arg-type]
    played: Audio = effect(sound, RATE_HZ)
    hz = np.fft.rfftfreq(2 * RATE_HZ, 1 / RATE_HZ)
    levels_db = []
    for each in (sound, played):
        power = np.abs(np.fft.rfft(each[:, RATE_HZ:].astype(np.float64))) ** 2
        near = [np.abs(np.log2(np.maximum(hz, 1) / at)) < 0.05 for at in (LOW_HZ, HIGH_HZ)]
        levels_db.append(10 * np.log10([[p[inside].sum() for inside in near] for p in power]))
    return np.asarray(levels_db[0] - levels_db[1])


both_forms = pytest.mark.parametrize("name", ["resonance-eq", "resonance-eq-live"])


@both_forms
def test_a_bell_spares_what_is_inside_of_it(name: str) -> None:
    audio = ringing(1, 12, 12)
    usual = cut_db(name, audio)[0]
    spared = cut_db(name, audio, sensitivity_2_hz=LOW_HZ, sensitivity_2_db=-40)[0]
    assert usual.min() > 6
    assert spared[0] < 0.5
    assert spared[1] == pytest.approx(usual[1], abs=0.1)


@both_forms
def test_a_tilt_works_more_where_it_is_high(name: str) -> None:
    audio = ringing(1, 12, 12)
    usual, tilted = cut_db(name, audio)[0], cut_db(name, audio, sensitivity_tilt_db=-3)[0]
    assert tilted[0] > usual[0] + 1  # 2.2 dB up: cuts are 1.3 times as deep
    assert tilted[1] < usual[1] / 1.5  # 6 dB down: half as deep


@both_forms
def test_no_cut_is_deeper_than_the_largest(name: str) -> None:
    audio = ringing(1, 12, 12)
    limited = cut_db(name, audio, max_cut_db=3)[0]
    assert (limited > 2).all()
    assert (limited < 3.1).all()
    sound = audio.astype(np.float32)
    np.testing.assert_array_equal(
        Effect("resonance-eq-live", attenuation=1, max_cut_db=0)(sound, RATE_HZ), sound
    )


@both_forms
def test_what_is_below_the_threshold_stays(name: str) -> None:
    audio = ringing(1, 15, 6)
    usual = cut_db(name, audio)[0]
    soft = cut_db(name, audio, threshold_db=6)[0]
    hard = cut_db(name, audio, threshold_db=6, hardness=1)[0]
    assert soft[1] < usual[1] - 2
    assert hard[1] < usual[1] - 2
    assert soft[0] < usual[0] - 3
    assert hard[0] > soft[0] + 2


@both_forms
def test_unlinked_channels_are_cut_each_by_itself(name: str) -> None:
    audio = np.stack([ringing(1, 12, 0), ringing(2, 0, 12)])
    together = cut_db(name, audio)
    apart = cut_db(name, audio, link=0)
    halfway = cut_db(name, audio, link=0.5)
    for ringing_in, place in ((0, 0), (1, 1)):
        other = 1 - ringing_in
        assert apart[ringing_in, place] > 6
        assert apart[other, place] < 1.5
        assert together[other, place] > 3
        assert apart[other, place] < halfway[other, place] < together[other, place]
    by_itself = cut_db(name, audio[0])
    np.testing.assert_allclose(apart[0], by_itself[0], atol=0.01)


def test_neutral_settings_change_nothing_at_all() -> None:
    at_hz, zeros, octaves = torch.tensor([20.0, 99.0, 1234.5, 20_000.0]), torch.zeros(4), 0.1
    factor = Sensitivity()(at_hz, zeros, torch.full((4,), octaves), torch.tensor(0.0))
    assert factor.shape == (1, 400)
    assert (factor == 1).all()
    found_db = 20 * torch.rand(3, 400, generator=torch.Generator().manual_seed(1))
    for hardness in (0.0, 0.5, 1.0):
        assert (selected_db(found_db, torch.tensor(0.0), torch.tensor(hardness)) == found_db).all()


def test_bells_have_their_height_place_and_width() -> None:
    settings = torch.tensor([100.0, 1000.0, 5000.0, 18_000.0]), torch.tensor([0.0, 6.0, -12.0, 0.0])
    factor = Sensitivity()(*settings, torch.tensor([1.0, 2.0, 0.5, 1.0]), torch.tensor(0.0))
    curve_db = 20 * np.log10(factor[0].numpy())

    def at(hz: float) -> float:
        return float(np.interp(np.log(hz), np.log(BAND_CENTERS_HZ), curve_db))

    assert at(1000) == pytest.approx(6, abs=0.01)
    assert at(500) == pytest.approx(3, abs=0.01)  # half an octave of two on each side
    assert at(5000) == pytest.approx(-12, abs=0.2)  # the other bell reaches here
    assert at(100) == pytest.approx(0, abs=0.01)


def test_detail_finds_what_is_broad() -> None:
    octaves = np.log2(BAND_CENTERS_HZ / 1000)
    hills = {width: 6 * np.exp(-4 * np.log(2) * (octaves / width) ** 2) for width in (0.1, 1.0)}
    stands_out = Neighbourhood()

    def excess_db(width: float, detail: float) -> float:
        level_db = torch.tensor(hills[width][None], dtype=torch.float32)
        found: torch.Tensor = stands_out(level_db, torch.tensor(0.6), torch.tensor(detail))
        return float(found.max())

    assert excess_db(0.1, 0) > 5
    assert excess_db(0.1, 1) < 1
    assert excess_db(1.0, 1) > 2 * excess_db(1.0, 0)
    assert excess_db(1.0, 1) > 2.5
