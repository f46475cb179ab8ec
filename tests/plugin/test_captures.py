"""Captures by other programs in the plugin: as they are, without latency."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import tonecast

RATE_HZ = 48000


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """A small LSTM with a level, made up."""
    rng = np.random.default_rng(1)
    weights = rng.uniform(-0.5, 0.5, 4 * 8 * 9 + 4 * 8 + 8 + 8 + 8 + 1).tolist()
    document = {
        "version": "0.5.4",
        "architecture": "LSTM",
        "config": {"input_size": 1, "hidden_size": 8, "num_layers": 1},
        "weights": weights,
        "sample_rate": RATE_HZ,
        "metadata": {"name": "Made up", "loudness": -24.0},
    }
    path = tmp_path / "made up.nam"
    path.write_text(json.dumps(document))
    return path


def test_a_capture_plays_in_the_plugin_as_in_python(load, capture, noise):
    plugin = load(capture)
    plugin(np.zeros((2, RATE_HZ), np.float32), RATE_HZ)  # it fades in from the effect before
    sound = noise(2, RATE_HZ // 2)
    played = np.concatenate(
        [
            plugin.process(np.ascontiguousarray(block), RATE_HZ, block.shape[1], reset=i == 0)
            for i, block in enumerate(np.split(sound, [1, 64, 65, 1000, 9000], axis=1))
        ],
        axis=1,
    )
    assert plugin.reported_latency_samples == 0
    assert np.array_equal(played, tonecast.Effect(capture)(sound, RATE_HZ))


def test_its_controls_are_parameters(load, capture, noise):
    plugin = load(capture)
    plugin.invert_polarity = True
    sound = noise(2, 4800)
    as_it_is = tonecast.Effect(capture)(sound, RATE_HZ)
    assert np.allclose(plugin(sound, RATE_HZ)[:, 2400:], -as_it_is[:, 2400:], atol=1e-6)


def test_a_session_brings_the_capture_back(load, capture, noise):
    plugin = load(capture)
    state = plugin.raw_state
    again = load("resonance-eq")
    again.raw_state = state
    again.limiter = False
    sound = noise(2, 4800)
    for one in (plugin, again):
        one(np.zeros((2, RATE_HZ), np.float32), RATE_HZ)  # it fades in from the effect before
    assert again.reported_latency_samples == 0
    assert np.allclose(again(sound, RATE_HZ), plugin(sound, RATE_HZ), atol=1e-6)


def test_the_chain_around_a_capture_is_pythons(load, capture, noise):
    plugin = load(capture)
    plugin.gate_db = -50
    plugin.bass_db = 6
    plugin.treble_db = -3
    plugin.stereo = "mid-side"
    sound = noise(2, RATE_HZ // 2)
    plugin(sound, RATE_HZ)  # it fades in from the effect before
    settings = {name: getattr(plugin, name) for name in ("gate_db", "bass_db", "treble_db")}
    effect = tonecast.Effect(capture, stereo="mid-side", **settings)
    assert np.allclose(plugin(sound, RATE_HZ), effect(sound, RATE_HZ), atol=1e-5)


def test_a_cabinet_behind_it_is_pythons(capture, noise, vst3, tmp_path):
    rng = np.random.default_rng(2)
    decay = np.exp(-np.arange(2000) / 200)
    response = (0.2 * rng.standard_normal((2000, 2)) * decay[:, None]).astype(np.float32)
    path = tmp_path / "cabinet.wav"
    soundfile.write(path, response, RATE_HZ, "FLOAT")
    plugin = tonecast.load_plugin(capture, cabinet=path)
    plugin.limiter = False
    sound = noise(2, RATE_HZ // 2)
    plugin(sound, RATE_HZ)  # it fades in from the effect before
    wanted = tonecast.Effect(capture, cabinet=path)(sound, RATE_HZ)
    assert np.array_equal(plugin(sound, RATE_HZ), wanted)
    again = tonecast.load_plugin()
    again.raw_state = plugin.raw_state
    again.limiter = False
    again(sound, RATE_HZ)
    assert np.array_equal(again(sound, RATE_HZ), wanted)
