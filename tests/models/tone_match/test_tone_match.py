"""The tone matcher leaves alone what it has not heard, and moves the rest toward its reference."""

from __future__ import annotations

import numpy as np
import pytest
import tonecast
from tonecast.plugin_core.samples import Samples

torch = pytest.importorskip("torch", reason="the model needs PyTorch")

from tonecast.models.tone_match.bands import BAND_CENTERS_HZ, N_BANDS, ErbBands  # noqa: E402
from tonecast.models.tone_match.corpus import Track  # noqa: E402
from tonecast.models.tone_match.evaluation import judge  # noqa: E402
from tonecast.models.tone_match.running_mean import RunningMean  # noqa: E402
from tonecast.models.tone_match.tone_match import (  # noqa: E402
    CURVE,
    FRAMES_PER_SECOND,
    MAX_GAIN_DB,
    SAMPLE_RATE_HZ,
    SpectrumGuess,
    ToneMatch,
)
from tonecast.models.tone_match.training import Plan, final_db, reference_db, train  # noqa: E402


def coloured_noise(seconds: float, slope_db: float, seed: int = 1) -> Samples:
    """Noise whose level falls by so much an octave: [1, samples]."""
    white = np.random.default_rng(seed).standard_normal(round(seconds * SAMPLE_RATE_HZ))
    spectrum = np.fft.rfft(white)
    hz = np.maximum(np.fft.rfftfreq(len(white), 1 / SAMPLE_RATE_HZ), 20)
    shaped = np.fft.irfft(spectrum * hz ** (slope_db / 6.02), len(white))
    return np.asarray(0.1 * shaped / shaped.std(), np.float32)[None]


def spectrum_db(audio: Samples) -> Samples:
    bands = ErbBands(CURVE.bins, SAMPLE_RATE_HZ / CURVE.transform_samples)
    power = bands.powers(10 ** (CURVE.levels_db(torch.from_numpy(audio)) / 10))
    return np.asarray(final_db(SpectrumGuess(), power)[0, :, 0])


def test_shipped_effect_brings_dull_and_bright_sound_nearer_to_each_other() -> None:
    bright, dull = (coloured_noise(8, slope_db) for slope_db in (-4.5, -7.0))
    effect = tonecast.Effect("tone-match", strength=1.0)
    last = slice(-4 * SAMPLE_RATE_HZ, None)

    def apart_db(*sounds: Samples) -> float:
        return float(np.std(np.subtract(*(spectrum_db(one[:, last]) for one in sounds))))

    played = [effect(one, SAMPLE_RATE_HZ) for one in (bright, dull)]
    assert apart_db(*played) < 0.6 * apart_db(bright, dull)


def test_no_strength_is_no_change_and_tilt_brightens() -> None:
    audio = coloured_noise(5, -6.0)
    off = tonecast.Effect("tone-match", strength=0.0)(audio, SAMPLE_RATE_HZ)
    np.testing.assert_allclose(off, audio, atol=1e-6)
    dull, bright = (
        spectrum_db(tonecast.Effect("tone-match", strength=1.0, tilt_db=db)(audio, SAMPLE_RATE_HZ))
        for db in (-4.0, 4.0)
    )
    near_100_hz, near_10_khz = (int(np.abs(BAND_CENTERS_HZ - hz).argmin()) for hz in (100, 10_000))
    tilted = bright - dull
    assert tilted[near_10_khz] - tilted[near_100_hz] == pytest.approx(8, abs=2)


def test_curve_is_flat_before_anything_is_heard_and_within_its_limit_after() -> None:
    effect = tonecast.Effect("tone-match", strength=1.0)
    click = np.zeros((1, SAMPLE_RATE_HZ), np.float32)
    click[0, SAMPLE_RATE_HZ // 2] = 0.1  # behind half a second of silence
    played = effect(click, SAMPLE_RATE_HZ)
    assert 0.05 < played[0, SAMPLE_RATE_HZ // 2] < 0.2
    guess = SpectrumGuess().eval()
    guess.reference_db.copy_(torch.linspace(40, -40, N_BANDS))
    levels_db = torch.linspace(-80, -20, CURVE.bins)[None, :, None].expand(1, -1, 50)
    with torch.no_grad():
        curve = ToneMatch(guess)(levels_db, torch.ones(1, 1), torch.zeros(1, 1))
    assert 0.9 * MAX_GAIN_DB < float(curve.abs().max()) <= MAX_GAIN_DB


def test_running_mean_is_the_mean_of_what_sounds() -> None:
    mean = RunningMean(1000.0, FRAMES_PER_SECOND)
    x = torch.rand(1, 3, 400)
    active = (torch.arange(400) >= 100).float()[None, None]
    found, heard = mean(x, active)
    np.testing.assert_allclose(found[..., -1], x[..., 100:].mean(-1), rtol=0.02)
    assert float(heard[..., 99]) == 0


def track(name: str, seed: int, seconds: float = 8) -> Track:
    """Noise with a tone of its own, that comes and goes."""
    rng = np.random.default_rng(seed)
    frames = round(seconds * FRAMES_PER_SECOND)
    tone = np.cumsum(rng.standard_normal(N_BANDS))[:, None]
    sways = 6 * rng.standard_normal((N_BANDS, frames))
    power = 10 ** ((tone + sways - 40) / 10)
    return Track(name, name, ("own",), torch.from_numpy(power).float())


def test_training_comes_closer_than_the_average_and_repeats() -> None:
    tracks = [track(f"t{seed}", seed) for seed in range(4)]
    plan = Plan(excerpts=24, times=8, epochs=6, batch=32)
    guess = train(tracks, plan)
    torch.testing.assert_close(guess.reference_db, reference_db(guess, tracks))
    again = train(tracks, plan)
    for one, other in zip(guess.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)
    outcomes = [judge(guess, track(f"t{seed}", seed)) for seed in range(10, 16)]
    found = np.mean([one.after(0.3) for one in outcomes], axis=0)
    assert found[0] < found[1]  # network, average
