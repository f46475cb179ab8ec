"""The VST3 in pedalboard plays the very samples that Python plays."""

import numpy as np
import pytest
import tonecast
from papers import PAPERS
from pedalboard import Compressor, Pedalboard, Reverb
from tonecast import Board, Effect

RATE_HZ = 48000
LOG = {
    "low_hz": (20, 20000),
    "high_hz": (20, 20000),
    "attack_ms": (1, 500),
    "release_ms": (5, 2000),
    "width_octaves": (0.25, 2),
    **{f"sensitivity_{k}_hz": (20, 20000) for k in range(1, 5)},
    **{f"sensitivity_{k}_octaves": (0.1, 4) for k in range(1, 5)},
}
LINEAR = {
    "attenuation": (0, 1),
    "mix": (0, 1),
    "input_gain_db": (-60, 60),
    "output_gain_db": (-60, 60),
    **{f"sensitivity_{k}_db": (-40, 12) for k in range(1, 5)},
    "sensitivity_tilt_db": (-6, 6),
    "detail_octaves": (0, 1),
    "threshold_db": (0, 24),
    "hardness": (0, 1),
    "max_cut_db": (0, 60),
    "link": (0, 1),
}


def turn(plugin, shares: dict[str, float]) -> dict[str, float]:
    """Set parameters to shares of their ranges; return what that is for an Effect."""
    for name, share in shares.items():
        plugin.parameters[name].raw_value = share
    settings = {}
    for name, share in shares.items():
        if name in LOG:
            low, high = LOG[name]
            settings[name] = low * (high / low) ** share
        else:
            low, high = LINEAR[name]
            settings[name] = low + (high - low) * share
    return settings


def streamed(plugin, audio, sizes, rate_hz=RATE_HZ):
    """`audio` and its latency of zeros in blocks of the given lengths, over and over."""
    latency = plugin.reported_latency_samples
    audio = np.pad(audio, ((0, 0), (0, latency)))
    parts, start = [], 0
    while start < audio.shape[1]:
        block = audio[:, start : start + sizes[len(parts) % len(sizes)]]
        parts.append(plugin.process(block, rate_hz, block.shape[1], reset=False))
        start += block.shape[1]
    return np.concatenate(parts, axis=1)[:, latency:]


@pytest.mark.filterwarnings("ignore:.*was trained on:RuntimeWarning")
@pytest.mark.parametrize(
    "name",
    [
        entry.name
        for entry in tonecast.shipped_effects().values()
        if entry.contract.kind == "effect"
    ],
)
def test_every_effect_in_mono_and_stereo_at_every_rate(load, noise, name):
    plugin = load(name)
    for rate_hz in (44100, 48000, 96000):
        for channels in (1, 2):
            audio = noise(channels, 20_000)
            expected = Effect(name)(audio, rate_hz)
            for buffer_size in (64, 1000, 8192):
                played = plugin(audio, rate_hz, buffer_size=buffer_size)
                np.testing.assert_array_equal(played, expected, f"{rate_hz=} {channels=}")
            assert plugin.reported_latency_samples == Effect(name).latency_samples(rate_hz)


def test_first_sound_at_another_rate_than_it_was_loaded_with_is_aligned(load, noise):
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(load()(audio, 96000), Effect("resonance-eq")(audio, 96000))


@pytest.mark.parametrize("name", ["resonance-eq", "resonance-eq-live"])
@pytest.mark.parametrize("seed", range(2))
def test_parameters_do_what_the_controls_do(load, noise, seed, name):
    rng = np.random.default_rng(seed)
    shares = {name: float(np.float32(rng.uniform(0.1, 0.9))) for name in (*LOG, *LINEAR)}
    shares |= {"input_gain_db": 0.5625, "output_gain_db": 0.4375}
    plugin = load(name)
    settings = turn(plugin, shares)
    audio = noise(2, 30_000)
    expected = Effect(name, **settings)(audio, RATE_HZ)
    np.testing.assert_allclose(plugin(audio, RATE_HZ), expected, rtol=1e-6, atol=1e-6)


def test_delta_is_what_the_effect_removes(load, noise):
    plugin = load()
    plugin.delta = True
    plugin.parameters["attenuation"].raw_value = 0.5
    audio = noise(2, 30_000)
    expected = Effect("resonance-eq", delta=True, attenuation=0.5)(audio, RATE_HZ)
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), expected)


def test_bypass_gives_the_input_back(load, noise):
    plugin = load()
    plugin.bypass = True
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), audio)


def test_plugin_in_a_chain_is_the_effect_on_a_board(load, noise):
    audio = noise(2, 60_000)
    plugin = load()
    plugin.parameters["attenuation"].raw_value = 0.4
    chain = Pedalboard([Compressor(-20, 3), plugin, Reverb()])
    effect = Effect("resonance-eq", attenuation=0.4)
    board = Board([Compressor(-20, 3), effect, Reverb()])
    np.testing.assert_allclose(chain(audio, RATE_HZ), board(audio, RATE_HZ), rtol=0, atol=1e-6)


def test_two_in_a_row_are_aligned(load, noise):
    audio = noise(2, 30_000)
    chain = Pedalboard([load("resonance-eq"), load("lowpass")])
    board = Board([Effect("resonance-eq"), Effect("lowpass")])
    np.testing.assert_array_equal(chain(audio, RATE_HZ), board(audio, RATE_HZ))


@pytest.mark.parametrize("sizes", [(512,), (3, 64, 1000, 1, 8192), (441, 1), (9000,)])
def test_stream_is_late_by_the_latency_and_otherwise_the_same(load, noise, sizes):
    audio = noise(2, 40_000)
    plugin = load()
    played = streamed(plugin, audio, sizes)
    np.testing.assert_array_equal(played, Effect("resonance-eq")(audio, RATE_HZ))


def test_sounds_of_any_length_come_back_as_long(load, noise):
    plugin = load()
    for samples in (1, 2, 31, 3071, 3073):
        audio = noise(1, samples)
        expected = Effect("resonance-eq")(audio, RATE_HZ)
        np.testing.assert_array_equal(plugin(audio, RATE_HZ), expected)


def test_effect_chosen_in_the_middle_fades_in_without_a_gap(load):
    plugin = load(PAPERS["eq-highpass"])
    plugin.effect = "resonance-eq"
    plugin.attenuation = 0.0
    tone = np.sin(2 * np.pi * 220 * np.arange(96_000) / RATE_HZ).astype(np.float32)[None] * 0.3
    first = plugin.process(tone[:, :48_000], RATE_HZ, 512, reset=False)
    plugin.effect = "user file"  # removes it
    second = plugin.process(tone[:, 48_000:], RATE_HZ, 512, reset=False)
    played = np.concatenate([first, second], axis=1)[0]
    steps = np.abs(np.diff(played[10_000:]))
    assert steps.max() <= 1.1 * np.abs(np.diff(tone[0])).max()
    # Until the new effect has filled its latency, the old one plays.
    assert np.abs(second[0, 500:1500]).max() > 0.25
    assert np.abs(played[-5000:]).max() < 0.15
