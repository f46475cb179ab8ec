"""A simulated sound system above its limit: it rings, and with the shipped effect it does not."""

from __future__ import annotations

import numpy as np
import pytest
import tonecast
from tonecast.benchmarks.filter_effects.loop import (
    BLOCK,
    RATE_HZ,
    Audio,
    Suppressor,
    play,
    rings,
    simulated_room,
)
from tonecast.plugin_core import _engine
from tonecast.plugin_core.effect_files.catalog import find_effect
from tonecast.plugin_core.effect_files.loading import load_model
from tonecast.plugin_core.effect_files.windows import make_window

GAIN_DB = 4.0


def bursts(seconds: float) -> Audio:
    """Syllables of noise between 200 Hz and 4 kHz, at −30 dBFS: [samples]."""
    samples = round(seconds * RATE_HZ)
    spectrum = np.fft.rfft(np.random.default_rng(5).standard_normal(samples))
    hz = np.fft.rfftfreq(samples, 1 / RATE_HZ)
    spectrum[(hz < 200) | (hz > 4000)] = 0
    voice = np.fft.irfft(spectrum, samples)
    voice *= np.clip(np.sin(2 * np.pi * 3 * np.arange(samples) / RATE_HZ), 0, 1)
    return np.asarray(10 ** (-30 / 20) * voice / voice.std(), np.float32)


def guard(**controls: float) -> Suppressor:
    engine = _engine.Engine(load_model(find_effect("feedback-guard").files[RATE_HZ]))
    for name, value in controls.items():
        engine.set_control(name, value)
    engine.prepare(RATE_HZ, 1, max_block_samples=BLOCK, late_hops=1)
    assert engine.latency_samples == 0
    out = np.empty((1, BLOCK), np.float32)

    def suppress(block: Audio) -> Audio:
        engine.process(np.ascontiguousarray(block[None]), out)
        return out[0].copy()

    return suppress


def test_loop_that_rings_is_held_down() -> None:
    source, room = bursts(4), simulated_room(1)
    assert room.loop_gain_db() == pytest.approx(0, abs=0.01)
    assert not rings(play(source, room, -1), source, -1)
    assert rings(play(source, room, GAIN_DB), source, GAIN_DB)
    assert rings(play(source, room, GAIN_DB, guard(depth_db=0.0)), source, GAIN_DB)
    assert not rings(play(source, room, GAIN_DB, guard()), source, GAIN_DB)


def test_fast_growing_tone_is_cut_within_30_ms_and_no_deeper_than_depth() -> None:
    time_s = np.arange(3 * RATE_HZ) / RATE_HZ
    tone = 10 ** (np.minimum(-130 + 120 * time_s, -10) / 20) * np.sin(2 * np.pi * 1000 * time_s)
    noise = 1e-5 * np.random.default_rng(2).standard_normal(len(tone))
    audio = (tone + noise).astype(np.float32)[None]

    def cut_db(**controls: float) -> Audio:
        played = tonecast.Effect("feedback-guard", **controls)(audio, RATE_HZ)
        size = 240  # 5 ms, five periods
        power = [
            (one[0, : len(tone) // size * size].reshape(-1, size) ** 2).mean(axis=1)
            for one in (audio, played)
        ]
        found: Audio = 10 * np.log10(power[0] / power[1])
        return found

    cut = cut_db()
    deep = int(np.flatnonzero(cut > 12)[0])
    begun = int(np.flatnonzero(cut[:deep] < 3)[-1])
    assert (deep - begun) * 5 <= 30
    assert -130 + 120 * deep * 5e-3 < -30  # before it is loud
    assert cut.max() == pytest.approx(24, abs=2)
    assert cut_db(depth_db=9.0).max() == pytest.approx(9, abs=1)
    assert np.abs(cut_db(depth_db=0.0)).max() < 1e-4


def test_graph_cuts_as_the_module_does() -> None:
    torch = pytest.importorskip("torch", reason="the model needs PyTorch")
    from tonecast.models.feedback_guard.feedback_guard import CURVE, FeedbackGuard

    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    tone = 10 ** ((60 * time_s - 110) / 20) * np.sin(2 * np.pi * 1500 * time_s)
    sound = tone + 1e-4 * np.random.default_rng(4).standard_normal(len(tone))
    audio = sound.astype(np.float32)[None]
    with torch.no_grad():
        levels_db = CURVE.levels_db(torch.from_numpy(audio))
        whole = FeedbackGuard()(levels_db, torch.full((1, 1), 24.0), torch.full((1, 1), 0.5))
    runner = _engine.FrameRunner(load_model(find_effect("feedback-guard").files[RATE_HZ]), 1)
    early = np.pad(audio, ((0, 0), (CURVE.frame_samples - CURVE.hop_samples, 0)))
    window = make_window("hann", CURVE.frame_samples)
    controls = {"depth_db": 24.0, "sensitivity": 0.5, "delta": 0.0}
    begins = range(0, audio.shape[1] - CURVE.hop_samples + 1, CURVE.hop_samples)
    frames = [early[:, begin : begin + CURVE.frame_samples] * window for begin in begins]
    played = np.stack([runner.run(frame, controls) for frame in frames], axis=2)
    assert played.min() < -12
    np.testing.assert_allclose(played, whole.numpy(), atol=0.05)


def test_notes_that_begin_and_decay_are_left_alone() -> None:
    rng = np.random.default_rng(3)
    time_s = np.arange(4 * RATE_HZ) / RATE_HZ
    music = np.zeros(len(time_s))
    for begin_s in np.arange(0, 4, 0.25):
        since = np.maximum(time_s - begin_s, 0)
        pitch_hz = 220 * 2 ** (rng.integers(0, 24) / 12)
        for partial in range(1, 8):
            swing = np.sin(2 * np.pi * partial * pitch_hz * since)
            music += 0.05 / partial * swing * np.exp(-4 * since) * (since > 0)
    audio = music.astype(np.float32)[None]
    taken = tonecast.Effect("feedback-guard", delta=1.0)(audio, RATE_HZ)
    assert np.std(taken) < 0.1 * np.std(audio)  # 20 dB below
