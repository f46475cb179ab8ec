"""The resonance equalizer without latency, as it ships, through the engine."""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import lfilter
from tonecast import Effect
from tonecast.benchmarks.quality.material import peaking_biquad
from tonecast.models.resonance_eq.resonance_eq import ResonanceEQ
from tonecast.models.resonance_eq.resonance_filter import ResonanceFilter
from tonecast.models.resonance_eq.sharpening import sharpening
from tonecast.plugin_core import _engine
from tonecast.plugin_core.effect_files.catalog import find_effect
from tonecast.plugin_core.effect_files.loading import load_model
from tonecast.plugin_core.samples import Samples

Audio = NDArray[np.float64]


def noise(rate_hz: int, seconds: float, channels: int = 1) -> Audio:
    rng = np.random.default_rng(1)
    return 0.1 * rng.standard_normal((channels, round(seconds * rate_hz)))


def ringing(audio: Audio, frequency_hz: float, rate_hz: int) -> Audio:
    """A resonance of +12 dB, Q 20."""
    out: Audio = lfilter(*peaking_biquad(rate_hz, frequency_hz, 12, 20), audio, axis=-1)
    return out


def play(audio: Audio, rate_hz: int, **controls: float) -> Audio:
    effect = Effect("resonance-eq-live", **controls)  # type: ignore[arg-type]
    assert effect.latency_samples(rate_hz) == 0
    played: Samples = effect(audio.astype(np.float32), rate_hz)
    return played.astype(np.float64)


def band_db(audio: Audio, center_hz: float, rate_hz: int) -> float:
    """Power within a tenth of an octave, once the effect has settled."""
    steady = audio[:, rate_hz:]
    power = (np.abs(np.fft.rfft(steady)) ** 2).sum(axis=0)
    hz = np.fft.rfftfreq(steady.shape[1], 1 / rate_hz)
    inside = np.abs(np.log2(np.maximum(hz, 1) / center_hz)) < 0.05
    return float(10 * np.log10(power[inside].sum()))


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("frequency_hz", [400, 3100])
def test_resonances_are_tamed_at_every_rate(rate_hz: int, frequency_hz: float) -> None:
    clean = noise(rate_hz, 4)
    resonant = ringing(clean, frequency_hz, rate_hz)
    removed_db = (
        band_db(resonant, frequency_hz, rate_hz)
        - band_db(play(resonant, rate_hz, attenuation=1), frequency_hz, rate_hz)
        - band_db(clean, frequency_hz, rate_hz)
        + band_db(play(clean, rate_hz, attenuation=1), frequency_hz, rate_hz)
    )
    assert 7 < removed_db < 14


def test_noise_is_no_resonance() -> None:
    audio = noise(48_000, 4)
    out = play(audio, 48_000, attenuation=0.5)
    loss_db = 10 * np.log10(np.mean(audio[:, 24_000:] ** 2) / np.mean(out[:, 24_000:] ** 2))
    assert 0 < loss_db < 0.5


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 192_000])
def test_attenuation_zero_is_the_input_bit_for_bit(rate_hz: int) -> None:
    audio = ringing(noise(rate_hz, 0.5, channels=2), 1000, rate_hz).astype(np.float32)
    np.testing.assert_array_equal(play(audio, rate_hz, attenuation=0), audio)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 88_200, 96_000, 192_000])
def test_an_impulse_comes_out_when_it_comes_in(rate_hz: int) -> None:
    audio = ringing(noise(rate_hz, 0.5), 1000, rate_hz)  # a filter is at work
    audio[:, -rate_hz // 10 :] = 0
    at = audio.shape[1] - rate_hz // 20
    audio[:, at] = 0.5
    without = audio.copy()
    without[:, at] = 0
    answer = play(audio, rate_hz, attenuation=1) - play(without, rate_hz, attenuation=1)
    assert not answer[:, :at].any()
    assert int(np.abs(answer[0]).argmax()) == at


def test_delta_is_what_was_removed() -> None:
    audio = ringing(noise(48_000, 0.5), 1000, 48_000).astype(np.float32)
    kept, removed = (play(audio, 48_000, attenuation=1, delta=delta) for delta in (0, 1))
    np.testing.assert_allclose(kept + removed, audio, atol=1e-7)


def test_another_sound_decides_what_is_turned_down() -> None:
    rate_hz = 48_000
    sound = noise(rate_hz, 3).astype(np.float32)
    key = ringing(noise(rate_hz, 3), 1000, rate_hz).astype(np.float32)
    effect = Effect("resonance-eq-live", attenuation=1)
    by_itself, by_key = effect(sound, rate_hz), effect(sound, rate_hz, sidechain=key)
    assert band_db(by_itself, 1000, rate_hz) - band_db(by_key, 1000, rate_hz) > 6
    assert abs(band_db(by_itself, 4000, rate_hz) - band_db(by_key, 4000, rate_hz)) < 1
    np.testing.assert_array_equal(effect(sound, rate_hz, sidechain=sound), by_itself)


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_second_sound_is_resampled_alike(rate_hz: int) -> None:
    sound = ringing(noise(rate_hz, 0.5, channels=2), 1000, rate_hz).astype(np.float32)
    effect = Effect("resonance-eq-live", attenuation=1)
    np.testing.assert_array_equal(effect(sound, rate_hz, sidechain=sound), effect(sound, rate_hz))
    silent = effect(sound, rate_hz, sidechain=np.zeros_like(sound))
    np.testing.assert_allclose(silent, sound, atol=1e-6)  # silence rings nowhere


def test_worker_plays_what_is_played_offline() -> None:
    block, rate_hz = 64, 48_000
    audio = ringing(noise(rate_hz, 0.5, channels=2), 1000, rate_hz).astype(np.float32)
    engine = _engine.Engine(load_model(find_effect("resonance-eq-live").files[rate_hz]))
    engine.set_control("attenuation", 1.0)
    engine.prepare(rate_hz, 2, worker=True, max_block_samples=block)
    played = []
    for start in range(0, audio.shape[1], block):
        out = np.empty((2, block), np.float32)
        engine.process(np.ascontiguousarray(audio[:, start : start + block]), out)
        played.append(out)
        while engine.counters.completed_frames < engine.counters.frames:
            time.sleep(1e-4)
    assert engine.counters.late_frames == 0
    offline = play(audio, rate_hz, attenuation=1)
    np.testing.assert_array_equal(np.concatenate(played, axis=1), offline)


def test_both_forms_have_the_same_controls() -> None:
    live, offline = (Effect(name).contract for name in ("resonance-eq-live", "resonance-eq"))
    assert live.controls == offline.controls == ResonanceEQ.controls == ResonanceFilter.controls


def test_sharpening_leaves_what_is_not_blurred() -> None:
    for blurs in (1, 2):
        kernel = sharpening(2048, 4096, 4.0, blurs)
        assert kernel.sum() == pytest.approx(1)
        np.testing.assert_allclose(kernel, kernel[::-1], atol=1e-9)
