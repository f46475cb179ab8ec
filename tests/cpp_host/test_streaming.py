"""The engine through Python, with the shipped effect: cuts, the offline reference, latency."""

from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tonecast.plugin_core import _engine
from tonecast.plugin_core.effect_files.catalog import find_effect
from tonecast.plugin_core.effect_files.loading import load_model
from tonecast.plugin_core.errors import Error

RATES_HZ = (16000, 22050, 44100, 48000, 88200, 96000, 192000)
SAMPLES = 14000
Samples = NDArray[np.float32]


@cache
def engine(rate_hz: int, channels: int) -> _engine.Engine:
    entry = find_effect("resonance-eq")
    made = _engine.Engine(load_model(entry.files[entry.rate_hz_for(rate_hz)]))
    made.set_control("attenuation", 1.0)
    made.prepare(rate_hz, channels)
    return made


def ringing_noise(channels: int, samples: int, rate_hz: int, seed: int = 1) -> Samples:
    """Noise at −26 dBFS with two loud sines in it: the effect has something to do."""
    noise = 0.05 * np.random.default_rng(seed).standard_normal((channels, samples))
    t = np.arange(samples) / rate_hz
    for frequency_hz in (700, 3100):
        noise += 0.2 * np.sin(2 * np.pi * frequency_hz * t)
    return noise.astype(np.float32)


def play(player: _engine.Engine, audio: Samples, cuts: list[int] | None = None) -> Samples:
    player.reset()
    out = np.empty_like(audio)
    for start, end in zip([0, *(cuts or [])], [*(cuts or []), audio.shape[1]], strict=True):
        block = np.ascontiguousarray(audio[:, start:end])
        played = np.empty_like(block)
        player.process(block, played)
        out[:, start:end] = played
    return out


@cache
def in_one_call(rate_hz: int, channels: int) -> Samples:
    return play(engine(rate_hz, channels), ringing_noise(channels, SAMPLES, rate_hz))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", RATES_HZ)
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(cuts=st.lists(st.integers(0, SAMPLES), max_size=60).map(sorted))
def test_any_partition_gives_the_same_bits(rate_hz: int, channels: int, cuts: list[int]) -> None:
    audio = ringing_noise(channels, SAMPLES, rate_hz)
    played = play(engine(rate_hz, channels), audio, cuts)
    np.testing.assert_array_equal(played, in_one_call(rate_hz, channels))


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_sample_by_sample_gives_the_same_bits(rate_hz: int) -> None:
    audio = ringing_noise(2, SAMPLES, rate_hz)
    played = play(engine(rate_hz, 2), audio, list(range(1, SAMPLES)))
    np.testing.assert_array_equal(played, in_one_call(rate_hz, 2))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_equals_the_pytorch_module_offline(rate_hz: int, channels: int) -> None:
    model_rate_hz = find_effect("resonance-eq").rate_hz_for(rate_hz)
    samples = rate_hz  # a second
    audio = ringing_noise(channels, samples, rate_hz)
    late = engine(rate_hz, channels).latency_samples
    played = play(engine(rate_hz, channels), np.pad(audio, ((0, 0), (0, late))))[:, late:]

    # The resampler is tested for itself; here it stands on both sides.
    lead_out = np.pad(audio, ((0, 0), (0, samples // 4)))
    at_model_rate = resample(lead_out, rate_hz, model_rate_hz)
    offline = play_in_pytorch(at_model_rate, model_rate_hz)
    expected = resample(offline, model_rate_hz, rate_hz)[:, :samples]

    np.testing.assert_allclose(played, expected, atol=1e-5, rtol=0)
    assert np.abs(expected - audio).max() > 0.05  # the effect did something


def play_in_pytorch(audio: Samples, rate_hz: int) -> Samples:
    torch = pytest.importorskip("torch")
    from tonecast.export.to_onnx import initial_state
    from tonecast.models.offline import overlap_add
    from tonecast.models.resonance_eq.resonance_eq import ResonanceEQ

    module = ResonanceEQ(rate_hz)
    controls = {control.name: torch.tensor(control.default) for control in module.controls}
    controls["attenuation"] = torch.tensor(1.0)
    shapes = module.state_shapes()
    at_rest = dict(zip(shapes, initial_state(shapes, len(audio)), strict=True))

    def graph(frame, state):  # type: ignore[no-untyped-def]
        out, *following = module(frame, *controls.values(), *state.values())
        return out, dict(zip(shapes, following, strict=True))

    with torch.inference_mode():
        signal = torch.from_numpy(audio)
        size, hop = module.frame_size, module.hop_size
        played: Samples = overlap_add(signal, size, hop, graph, at_rest).numpy()
    return played


def resample(audio: Samples, from_hz: int, to_hz: int) -> Samples:
    return np.concatenate([_engine.testing.resample(c[None], from_hz, to_hz) for c in audio])


@pytest.mark.parametrize("rate_hz", [44100, 48000])
@pytest.mark.parametrize("channels", [1, 2, 8])
def test_input_comes_back_late_by_the_latency_without_attenuation(
    rate_hz: int, channels: int
) -> None:
    player = _engine.Engine(load_model(find_effect("resonance-eq").files[rate_hz]))
    player.set_control("attenuation", 0.0)
    player.prepare(rate_hz, channels)
    audio = ringing_noise(channels, 2 * SAMPLES, rate_hz)
    played = play(player, audio)
    late = player.latency_samples
    residual = played[:, late:] - audio[:, :-late]
    assert not played[:, :late].any()
    assert 20 * np.log10(np.sqrt(np.mean(residual**2)) / np.sqrt(np.mean(audio**2))) <= -120


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_dry_and_bypass_come_back_bit_for_bit(rate_hz: int) -> None:
    player = _engine.Engine(load_model(find_effect("resonance-eq").files[48000]))
    player.set_control("attenuation", 1.0)
    player.prepare(rate_hz, 2)
    audio = ringing_noise(2, SAMPLES, rate_hz)
    for name, setting in (("mix", 0.0), ("bypass", True)):
        player.mix, player.bypass = 1.0, False
        setattr(player, name, setting)
        played = play(player, audio)
        late = player.latency_samples
        np.testing.assert_array_equal(played[:, late:], audio[:, :-late])
        assert not played[:, :late].any()


@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_latency_leaves_room_for_a_worker(rate_hz: int) -> None:
    entry = find_effect("resonance-eq")
    late = engine(rate_hz, 2).latency_samples
    assert late + entry.contracts[rate_hz].hop_size_samples <= 4096


def test_silence_stays_silent_and_full_scale_stays_finite() -> None:
    player = engine(48000, 2)
    assert not play(player, np.zeros((2, SAMPLES), np.float32)).any()
    square = np.sign(ringing_noise(2, SAMPLES, 48000))
    assert np.isfinite(play(player, square)).all()


def test_nan_in_the_input_is_counted_and_does_not_last() -> None:
    player = _engine.Engine(load_model(find_effect("resonance-eq").files[48000]))
    player.prepare(48000, 1)
    audio = ringing_noise(1, SAMPLES, 48000)
    audio[0, 1000:1010] = np.nan
    audio[0, 2000] = np.inf
    assert np.isfinite(play(player, audio)).all()
    assert player.counters.nonfinite_input_samples == 11
    assert player.counters.bad_frames == 0


def test_two_engines_of_one_model_do_not_touch_each_other() -> None:
    model = load_model(find_effect("resonance-eq").files[48000])
    audio = ringing_noise(2, SAMPLES, 48000)
    engines = [_engine.Engine(model) for _ in range(2)]
    for player in engines:
        player.set_control("attenuation", 1.0)
        player.prepare(48000, 2)
    outs = [np.empty_like(audio) for _ in range(2)]
    for start in range(0, SAMPLES, 500):
        for player, out, gain in zip(engines, outs, (1.0, 0.1), strict=True):
            block = np.ascontiguousarray(np.float32(gain) * audio[:, start : start + 500])
            played = np.empty_like(block)
            player.process(block, played)
            out[:, start : start + 500] = played
    np.testing.assert_array_equal(outs[0], in_one_call(48000, 2))


def test_blocks_of_the_wrong_kind_are_refused() -> None:
    player = engine(48000, 2)
    good = np.zeros((2, 10), np.float32)
    with pytest.raises(ValueError, match=r"shape \[2, n\]"):
        player.process(np.zeros((1, 10), np.float32), np.zeros((1, 10), np.float32))
    with pytest.raises(ValueError, match="equally long"):
        player.process(good, np.zeros((2, 9), np.float32))
    with pytest.raises(TypeError):
        player.process(good.astype(np.float64), good)
    with pytest.raises(TypeError):
        player.process(np.asfortranarray(good), good)
    with pytest.raises(Error, match="not prepared"):
        _engine.Engine(load_model(find_effect("resonance-eq").files[48000])).process(good, good)
