"""What hosts do to plugins: fuzz, reset, restore, run many at once."""

import threading

import numpy as np
import pedalboard
import pytest
import tonecast
from tonecast import Effect

RATE_HZ = 48000


def test_settings_survive_a_session(load, noise):
    plugin = load("lowpass")
    values = {name: 0.1 + 0.016 * i for i, name in enumerate(plugin.parameters)}
    values |= {"effect": plugin.parameters["effect"].raw_value, "delta": 1.0, "bypass": 0.0}
    values |= {"attenuation_auto": 0.0, "limiter": 1.0, "ceiling_db": 60 / 84, "stereo": 1.0}
    for name, value in values.items():
        plugin.parameters[name].raw_value = value
    restored = load("resonance-eq")
    restored.raw_state = plugin.raw_state
    assert restored.effect == "lowpass"
    for name, value in values.items():
        assert restored.parameters[name].raw_value == pytest.approx(value, abs=1e-6), name
    audio = noise(2, 20_000)
    np.testing.assert_allclose(restored(audio, RATE_HZ), plugin(audio, RATE_HZ), atol=1e-6)


def test_restored_session_is_what_was_saved(load):
    plugin = load("peak")
    plugin.parameters["low_hz"].raw_value = 0.4
    restored = load()
    restored.raw_state = plugin.raw_state
    once_more = load()
    once_more.raw_state = restored.raw_state
    assert once_more.raw_state == restored.raw_state


def test_fuzzed_parameters_leave_finite_sound(load, noise):
    rng = np.random.default_rng(7)
    plugin = load()
    audio = noise(2, 2000)
    for _ in range(60):
        for parameter in plugin.parameters.values():
            parameter.raw_value = float(rng.choice([0.0, 1.0, rng.random()]))
        played = plugin.process(audio, RATE_HZ, 257, reset=False)
        assert np.isfinite(played).all()


def test_fuzzed_blocks_rates_and_channels_leave_finite_sound(load, noise):
    rng = np.random.default_rng(8)
    plugin = load()
    for _ in range(40):
        channels = int(rng.integers(1, 3))
        rate_hz = int(rng.choice([8000, 22050, 44100, 48000, 88200, 192000]))
        audio = noise(channels, int(rng.integers(4, 9000)))
        block = int(rng.choice([1, 16, 333, 4096]))
        played = plugin.process(audio, rate_hz, block, reset=bool(rng.integers(0, 2)))
        assert np.isfinite(played).all()


def test_nan_and_inf_do_not_get_through(load, noise):
    audio = noise(2, 20_000)
    audio[0, 5000], audio[1, 6000] = np.nan, np.inf
    assert np.isfinite(load()(audio, RATE_HZ)).all()


def test_silence_stays_silence(load):
    for name in ("resonance-eq", "peak"):
        expected = Effect(name)(np.zeros((2, 20_000), np.float32), RATE_HZ)
        np.testing.assert_array_equal(
            load(name)(np.zeros((2, 20_000), np.float32), RATE_HZ), expected
        )


def test_reset_forgets_all_sound(load, noise):
    plugin = load()
    quiet, loud = 0.01 * noise(2, 20_000, seed=2), noise(2, 20_000)
    expected = plugin(quiet, RATE_HZ)
    plugin(loud, RATE_HZ)
    np.testing.assert_array_equal(plugin(quiet, RATE_HZ), expected)


def test_instances_do_not_hear_each_other(load, noise):
    plugins = [load() for _ in range(8)]
    audio = [noise(2, 20_000, seed) for seed in range(8)]
    for share, plugin in enumerate(plugins):
        plugin.parameters["attenuation"].raw_value = share / 8
    expected = [
        Effect("resonance-eq", attenuation=share / 8)(sound, RATE_HZ)
        for share, sound in enumerate(audio)
    ]
    played: dict[int, np.ndarray] = {}

    def play(index: int) -> None:
        played[index] = plugins[index](audio[index], RATE_HZ, 300)

    threads = [threading.Thread(target=play, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index in range(8):
        np.testing.assert_allclose(played[index], expected[index], rtol=0, atol=1e-6)


def test_parameters_may_be_turned_while_it_plays(load, noise):
    plugin = load()
    stop = threading.Event()

    def turn() -> None:
        rng = np.random.default_rng(3)
        while not stop.wait(0.001):
            for name in ("attenuation", "low_hz", "mix", "delta", "effect"):
                plugin.parameters[name].raw_value = float(rng.random())

    turner = threading.Thread(target=turn)
    turner.start()
    try:
        for seed in range(5):
            played = plugin.process(noise(2, 6000, seed), RATE_HZ, 128, reset=False)
            assert np.isfinite(played).all()
    finally:
        stop.set()
        turner.join()


def test_file_of_settings_that_is_broken_leaves_it_playing(load, noise):
    plugin = load("lowpass")
    audio = noise(2, 20_000)
    expected = plugin(audio, RATE_HZ)
    state = plugin.raw_state
    for broken in (state[: len(state) // 2], state.replace(b"IComponent", b"IComponenx")):
        try:
            plugin.raw_state = broken
        except (RuntimeError, ValueError):  # where pedalboard sees that it is broken
            continue
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), expected)


SENSITIVITY = {f"sensitivity_{k}_{of}" for k in range(1, 5) for of in ("hz", "db", "octaves")}


@pytest.mark.parametrize("name", ["resonance-eq", "resonance-eq-live"])
def test_parameters_are_those_of_the_shipped_equalizers(load, name):
    plugin = load(name)
    effect = Effect(name)
    bank = {f"control_{k}" for k in range(1, 9)}
    assert set(effect.parameters) | {
        "effect",
        "attenuation_auto",
        "limiter",
        "ceiling_db",
        "stereo",
    } | bank == set(plugin.parameters)
    for name, control in effect.parameters.items():
        parameter = plugin.parameters[name]
        if control.scale == "switch":
            continue
        default = pytest.approx(control.default, abs=1e-3)
        assert float(parameter.string_value) == default
        assert (parameter.label or "") == ("" if name in SENSITIVITY else control.unit)
        low, high = (
            float(parameter.get_text_for_raw_value(0)),
            float(parameter.get_text_for_raw_value(1)),
        )
        assert (low, high) == pytest.approx((control.minimum, control.maximum))


def test_plugin_has_the_shipped_effects(load, effects):
    assert {*load().parameters["effect"].valid_values} == {*effects, "user file"}


def test_unknown_effect_is_named(load):
    with pytest.raises(tonecast.Error, match="no effect 'eq-lopass'"):
        load("eq-lopass")


def test_plugin_is_one_of_pedalboards(load):
    assert isinstance(load(), pedalboard.VST3Plugin)
    assert load().is_effect


@pytest.mark.parametrize("rate_hz", [12346, 37800])
def test_rates_that_nobody_uses_play_as_in_python(load, noise, rate_hz):
    audio = noise(1, 20_000)
    expected = Effect("resonance-eq")(audio, rate_hz)
    np.testing.assert_array_equal(load()(audio, rate_hz), expected)


@pytest.mark.parametrize("rate_hz", [1235, 1234568])
def test_rates_beyond_the_engines_leave_the_sound_dry_and_are_named(load, noise, rate_hz, capfd):
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(load()(audio, rate_hz), audio)
    assert f"a sample rate of {rate_hz} Hz cannot be played" in capfd.readouterr().err


def test_blocks_may_be_longer_than_the_engine_takes_at_once(load, noise):
    audio = noise(1, 150_000)
    expected = Effect("resonance-eq")(audio, RATE_HZ)
    np.testing.assert_array_equal(load()(audio, RATE_HZ, buffer_size=150_000), expected)
