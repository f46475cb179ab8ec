"""`Effect`: arrays in and out as with pedalboard, controls as attributes."""

import gc
import itertools
import re
import threading
import warnings
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pedalboard.io import AudioFile
from pedalboard_native._internal import AddLatency
from tonecast import Effect, Error, shipped_effects
from tonecast.plugin_core.effect_files.loading import load_model
from tonecast.plugin_core.effects.effect import check_control_names
from tonecast.plugin_core.live.session import LiveEffect

RATE_HZ = 48000


# Layouts and dtypes


@pytest.mark.parametrize("channels", [1, 2, 3, 8])
def test_interleaved_planar_and_mono_are_the_same_sound(effect, noise, channels) -> None:
    audio = noise(channels, 9000)
    planar = effect(audio, RATE_HZ)
    interleaved = effect(audio.T, RATE_HZ)
    assert planar.shape == (channels, 9000)
    assert interleaved.shape == (9000, channels)
    assert interleaved.flags.c_contiguous
    np.testing.assert_array_equal(interleaved.T, planar)
    if channels == 1:
        np.testing.assert_array_equal(effect(audio[0], RATE_HZ), planar[0])


@pytest.mark.parametrize("dtype", ["float32", "float64", ">f4", ">f8"])
def test_floats_of_any_byte_order_come_back_as_float32(effect, noise, dtype) -> None:
    audio = noise(2, 6000)
    out = effect(audio.astype(dtype), RATE_HZ)
    assert out.dtype == np.dtype("float32")
    np.testing.assert_array_equal(out, effect(audio, RATE_HZ))


def test_strided_and_read_only_arrays_play_and_stay_as_they_are(effect, noise) -> None:
    audio = noise(4, 6000)
    audio.flags.writeable = False
    kept = audio.copy()
    np.testing.assert_array_equal(
        effect(audio[::2, ::-1], RATE_HZ), effect(audio[::2, ::-1].copy(), RATE_HZ)
    )
    np.testing.assert_array_equal(audio, kept)


@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 2)])
def test_empty_array_gives_an_empty_array(effect, shape) -> None:
    out = effect(np.zeros(shape, np.float32), RATE_HZ)
    assert out.shape == shape
    assert out.dtype == np.float32


def test_square_is_taken_for_what_came_before(effect, noise) -> None:
    square = noise(5, 5)
    with pytest.raises(ValueError, match="channels cannot be told"):
        effect(square, RATE_HZ)
    effect(noise(5, 100).T, RATE_HZ)
    effect.bypass = True
    np.testing.assert_array_equal(effect(square, RATE_HZ), square)
    effect.reset()
    with pytest.raises(ValueError, match="channels cannot be told"):
        effect(square, RATE_HZ)


@pytest.mark.parametrize("dtype", ["int16", "int32", "float16", "bool", "complex64", "object"])
def test_other_dtypes_are_refused_by_name(effect, dtype) -> None:
    with pytest.raises(TypeError, match=f"not {dtype}"):
        effect(np.zeros(100, dtype), RATE_HZ)


@pytest.mark.parametrize(
    ("audio", "error", "message"),
    [
        ([0.0, 0.1], TypeError, "NumPy array, not list"),
        (None, TypeError, "not NoneType"),
        (np.float32(1), TypeError, "not float32"),
        (np.zeros(()), ValueError, "0 dimensions"),
        (np.zeros((1, 2, 100)), ValueError, "3 dimensions"),
        (np.zeros((9, 100)), ValueError, "9 channels.*1 to 8"),
        (np.zeros((100, 33)), ValueError, "33 channels"),
    ],
)
def test_argument_that_is_no_audio_is_refused(effect, audio, error, message) -> None:
    with pytest.raises(error, match=message):
        effect(audio, RATE_HZ)


@pytest.mark.parametrize("rate", [0, -48000, 7999, 384001, 44100.5, 1e300, np.nan, np.inf])
def test_rates_that_cannot_be_played_are_refused(effect, rate) -> None:
    with pytest.raises(ValueError, match="sample rate"):
        effect(np.zeros(10), rate)


@pytest.mark.parametrize("rate", ["48000", None, [48000]])
def test_rates_that_are_no_numbers_are_refused(effect, rate) -> None:
    with pytest.raises(TypeError, match="number in Hz"):
        effect(np.zeros(10), rate)


@pytest.mark.parametrize("rate", [48000.0, np.int32(48000), np.float64(48000)])
def test_whole_rates_of_any_type_play(effect, noise, rate) -> None:
    audio = noise(1, 5000)
    np.testing.assert_array_equal(effect(audio, rate), effect(audio, RATE_HZ))


def test_buffer_size_changes_nothing(effect, noise) -> None:
    audio = noise(2, 20000)
    whole = effect(audio, RATE_HZ)
    for buffer_size in (1000, 3072, 10**9):
        np.testing.assert_array_equal(effect(audio, RATE_HZ, buffer_size=buffer_size), whole)
    with pytest.raises(ValueError, match="buffer_size"):
        effect(audio, RATE_HZ, buffer_size=0)


def test_process_has_pedalboard_s_signature(effect, noise) -> None:
    audio = noise(1, 5000)
    np.testing.assert_array_equal(
        effect.process(audio, RATE_HZ, 512, True), effect(audio, sample_rate=RATE_HZ)
    )


# Alignment and state


@pytest.mark.parametrize("rate_hz", [16000, 44100, 48000, 96000])
@pytest.mark.parametrize("samples", [1, 100, 30000])
def test_arrays_come_back_aligned_and_equally_long(noise, rate_hz, samples) -> None:
    audio = noise(2 if samples > 2 else 1, samples)
    effect = Effect("resonance-eq", bypass=True)
    np.testing.assert_array_equal(effect(audio, rate_hz), audio)


@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_attenuation_0_gives_the_sound_back(noise, rate_hz) -> None:
    audio = noise(2, 30000)
    out = Effect("resonance-eq", attenuation=0)(audio, rate_hz)
    assert np.max(np.abs(out - audio)) < 1e-6


def test_sounds_do_not_leak_into_each_other(effect, noise) -> None:
    audio = noise(2, 9000)
    alone = Effect("resonance-eq", attenuation=1.0)(audio, RATE_HZ)
    effect(noise(2, 5000, seed=2), RATE_HZ)
    np.testing.assert_array_equal(effect(audio, RATE_HZ), alone)
    effect(noise(1, 5000, seed=2), 44100)
    np.testing.assert_array_equal(effect(audio, RATE_HZ), alone)


SCRIPTS = {
    "from the start": [700, 5000, 64, 4000],
    "longer than the latency at once": [9000, 70],
    "after a whole sound": ["whole", 700, 5000],
    "after a reset": ["whole", 700, "reset", 700, 5000],
    "a whole sound in between": [5000, "whole", 300],
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_pieces_come_back_as_from_a_pedalboard_plugin(noise, script) -> None:
    """A program written for pedalboard's `reset=False` counts on how much comes back, and when."""
    effect = Effect("resonance-eq", bypass=True)
    plugin = AddLatency(effect.latency_samples(RATE_HZ))
    for number, step in enumerate(script):
        if step == "reset":
            effect.reset()
            plugin.reset()
            continue
        alone = step == "whole"
        audio = noise(2, 6000 if alone else step, seed=number)
        # Of equal buffers, because the plugin forgets what it holds when one is larger than before.
        expected = plugin.process(audio, RATE_HZ, buffer_size=64, reset=alone)
        out = effect.process(audio, RATE_HZ, buffer_size=64, reset=alone)
        np.testing.assert_array_equal(out, expected)


def test_pieces_are_the_whole(effect, noise) -> None:
    audio = noise(2, 20000)
    whole = effect(audio, RATE_HZ)
    effect.reset()
    tail = np.zeros((2, effect.latency_samples(RATE_HZ)), np.float32)
    pieces = [*np.split(audio, [3, 500, 9000, 9010], axis=1), tail]
    parts = [effect.process(piece, RATE_HZ, reset=False) for piece in pieces]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)


def test_another_rate_or_channel_count_begins_anew(effect, noise) -> None:
    latency = effect.latency_samples(44100)
    effect.process(noise(2, 9000), RATE_HZ, reset=False)
    out = effect.process(noise(2, 9000), 44100, reset=False)
    assert out.shape == (2, 9000 - latency)
    assert effect.process(noise(1, 9000), 44100, reset=False).shape == (1, 9000 - latency)


# Controls


def test_controls_are_attributes_with_their_contract_s_defaults() -> None:
    effect = Effect("resonance-eq")
    for name, control in effect.controls.items():
        assert getattr(effect, name) == control.default
        assert name in dir(effect)
    assert (effect.mix, effect.input_gain_db, effect.output_gain_db) == (1, 0, 0)
    assert effect.bypass is False
    assert {"mix", "bypass", "process"} <= set(dir(effect))


def test_controls_change_the_sound(noise) -> None:
    audio = noise(2, 20000)
    gentle = Effect("resonance-eq", attenuation=0.2)
    strong = Effect("resonance-eq", attenuation=1.0)
    assert not np.array_equal(gentle(audio, RATE_HZ), strong(audio, RATE_HZ))
    gentle.attenuation = 1.0
    np.testing.assert_array_equal(gentle(audio, RATE_HZ), strong(audio, RATE_HZ))


def test_delta_is_what_was_removed(effect, noise) -> None:
    audio = noise(2, 20000)
    out = effect(audio, RATE_HZ)
    effect.delta = True
    assert effect.delta is True
    np.testing.assert_allclose(effect(audio, RATE_HZ), audio - out, atol=1e-6)


def test_mix_and_gains(effect, noise) -> None:
    audio = noise(2, 20000)
    wet = effect(audio, RATE_HZ)
    effect.mix = 0.25
    np.testing.assert_allclose(effect(audio, RATE_HZ), 0.75 * audio + 0.25 * wet, atol=1e-6)
    effect.mix = 0
    effect.output_gain_db = 6
    np.testing.assert_allclose(effect(audio, RATE_HZ), 10 ** (6 / 20) * audio, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("attenuation", 1.01, "attenuation goes from 0 to 1; 1.01 is outside"),
        ("attenuation", -0.1, "outside"),
        ("attenuation", float("nan"), "outside"),
        ("low_hz", 1e9, "low_hz goes from 20 to 20000 Hz"),
        ("mix", 2, "mix goes from 0 to 1"),
        ("output_gain_db", 100, "goes from -60 to 60 dB"),
        ("delta", 0.5, "switch"),
        ("bypass", 2, "switch"),
    ],
)
def test_values_out_of_range_are_refused_and_change_nothing(name, value, message) -> None:
    effect = Effect("resonance-eq")
    before = getattr(effect, name)
    with pytest.raises(ValueError, match=message):
        setattr(effect, name, value)
    assert getattr(effect, name) == before
    with pytest.raises(ValueError, match=message):
        Effect("resonance-eq", **{name: value})


@pytest.mark.parametrize(
    "value",
    ["0.3", None, [0.3], b"1", 1j, np.zeros(2), 10**5000],
    ids=lambda value: type(value).__name__,
)
def test_values_that_are_no_numbers_are_refused(effect, value) -> None:
    with pytest.raises(TypeError, match="attenuation takes a number"):
        effect.attenuation = value


@pytest.mark.parametrize("value", [1, True, np.float32(1), np.array(1.0)])
def test_numbers_of_any_type_are_taken(value) -> None:
    assert Effect("resonance-eq", attenuation=value).attenuation == 1.0


def test_unknown_controls_are_refused_with_what_was_meant(effect) -> None:
    with pytest.raises(AttributeError, match=r"did you mean 'attenuation'.*low_hz, high_hz"):
        effect.atenuation = 0.3
    with pytest.raises(AttributeError, match="its controls are attenuation"):
        _ = effect.warmth
    with pytest.raises(TypeError, match="did you mean 'low_hz'"):
        Effect("resonance-eq", lo_hz=100)


def test_attribute_that_is_no_control_cannot_be_set(effect) -> None:
    for name in ("controls", "contract", "name", "counters"):
        with pytest.raises(AttributeError):
            setattr(effect, name, 1)


def test_hop_size_is_one_of_the_contract_s(effect) -> None:
    assert effect.hop_size_samples == effect.contract.hop_size_samples
    with pytest.raises(ValueError, match="plays with a hop of"):
        effect.hop_size_samples = 7
    with pytest.raises(ValueError, match="plays with a hop of"):
        Effect("resonance-eq", hop_size_samples=7)


def test_repr_shows_what_was_set() -> None:
    shown = repr(Effect("resonance-eq", attenuation=0.4, mix=0.5))
    assert shown.startswith("Effect('resonance-eq', attenuation=0.4, ")
    assert "mix=0.5" in shown
    assert "output_gain_db" not in shown


# NaN and Inf


def test_nan_and_inf_are_played_as_silence_counted_and_reported(effect, noise) -> None:
    audio = noise(2, 20000)
    silenced = audio.copy()
    silenced[:, 5000:5010] = 0
    expected = effect(silenced, RATE_HZ)
    audio[0, 5000:5010] = np.nan
    audio[1, 5000:5010] = np.inf
    with pytest.warns(RuntimeWarning, match="20 samples of the input are NaN or infinite"):
        out = effect(audio, RATE_HZ)
    np.testing.assert_array_equal(out, expected)
    assert effect.counters.nonfinite_input_samples == 20
    assert effect.counters.bad_frames == 0
    assert effect.counters.frames > 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        effect(silenced, RATE_HZ)  # what was wrong before is not reported again


@pytest.mark.parametrize("value", [1.1e15, -3e38, 1e39, -1e300])
def test_numbers_that_are_no_audio_are_not_called_infinite(effect, value) -> None:
    with pytest.warns(RuntimeWarning) as warned:
        out = effect(np.array([0.0, value, 0.0]), RATE_HZ)
    np.testing.assert_array_equal(out, np.zeros(3))
    assert [str(one.message) for one in warned] == [
        "1 samples of the input are beyond 1e15, which is 300 dB over full scale; "
        "they were played as silence"
    ]
    counted = effect.counters
    assert (counted.nonfinite_input_samples, counted.excessive_input_samples) == (0, 1)


def test_nan_and_numbers_that_are_no_audio_are_told_apart(effect) -> None:
    with pytest.warns(RuntimeWarning, match=r"^2 samples .* infinite and 1 samples .* 1e15"):
        effect(np.array([np.nan, 2e200, -np.inf, 0.0]), RATE_HZ)


def test_the_largest_number_that_is_audio_is_played(effect) -> None:
    with pytest.warns(RuntimeWarning, match=r"the samples reach 9e\+14, where full scale is 1"):
        effect(np.array([0.0, 9e14, 0.0]), RATE_HZ)
    assert effect.counters.excessive_input_samples == 0


def test_errors_say_which_effect_refuses_a_control() -> None:
    shelf = Effect("low-shelf")
    for attempt, error in (
        (lambda: Effect("low-shelf", attenuation=1), TypeError),
        (lambda: setattr(shelf, "attenuation", 1), AttributeError),
        (lambda: shelf.stream(RATE_HZ).attenuation, AttributeError),
        (lambda: setattr(shelf, "mix", 2), ValueError),
        (lambda: setattr(shelf, "mix", "half"), TypeError),
        (lambda: setattr(shelf, "mix", "auto"), ValueError),
        (lambda: shelf.stream(RATE_HZ).automation_trace(), ValueError),
    ):
        with pytest.raises(error, match=r"^low-shelf(:| has no) "):
            attempt()


# Files


def test_unknown_names_are_refused_with_what_there_is() -> None:
    with pytest.raises(Error, match="did you mean 'resonance-eq'"):
        Effect("resonance-qe")
    with pytest.raises(Error, match=r"there is .*resonance-eq"):
        Effect("chorus")


def test_files_that_are_no_effects_are_refused_by_path(tmp_path: Path) -> None:
    for content in (b"", b"no protobuf at all", b"\x00" * 1000):
        path = tmp_path / "broken.onnx"
        path.write_bytes(content)
        with pytest.raises(Error, match=re.escape(str(path))):
            Effect(path)
    with pytest.raises(Error, match=r"missing\.onnx"):
        Effect(tmp_path / "missing.onnx")
    with pytest.raises(Error, match="folder"):
        Effect(str(tmp_path / "folder" / "x"))


def test_file_given_by_path_is_the_shipped_effect(effect, noise) -> None:
    audio = noise(2, 9000)
    path = shipped_effects()["resonance-eq"].files[48000]
    for given in (path, str(path)):
        same = Effect(given, attenuation=1.0)
        np.testing.assert_array_equal(same(audio, RATE_HZ), effect(audio, RATE_HZ))
        assert same.name == "resonance-eq"


def test_file_that_fits_the_rate_is_played(effect, noise) -> None:
    audio = noise(2, 9000)
    made_for_44k1 = Effect(shipped_effects()["resonance-eq"].files[44100], attenuation=1.0)
    np.testing.assert_array_equal(effect(audio, 44100), made_for_44k1(audio, 44100))
    assert not np.array_equal(effect(audio, 48000), made_for_44k1(audio, 48000))


def test_files_of_one_name_have_the_same_controls_and_hops() -> None:
    for entry in shipped_effects().values():
        assert len({contract.controls for contract in entry.contracts.values()}) == 1
        assert len({contract.hop_sizes_samples for contract in entry.contracts.values()}) == 1


@pytest.mark.parametrize(
    "name",
    [
        "process",
        "flush",
        "mix",
        "hop_size_samples",
        "self",
        "name_or_path",
        "device",
        "in",
        "lambda",
    ],
)
def test_control_that_would_be_hidden_is_refused(monkeypatch, name) -> None:
    entry = shipped_effects()["resonance-eq"]
    contract = entry.contract
    controls = (replace(contract.controls[0], name=name), *contract.controls[1:])
    contracts = {48000: replace(contract, controls=controls)}
    hidden = replace(entry, contracts=contracts, files={48000: entry.files[48000]})
    monkeypatch.setattr("tonecast.plugin_core.effects.effect.find_effect", lambda _: hidden)
    path = re.escape(str(entry.files[48000]))
    with pytest.raises(Error, match=f"^{path}: a control cannot be named '{name}'"):
        Effect("resonance-eq", **{name: 0.5} if name not in ("self", "name_or_path") else {})


def test_control_that_would_be_hidden_live_is_refused_live() -> None:
    entry = shipped_effects()["resonance-eq"]
    contract = entry.contract
    controls = (replace(contract.controls[0], name="check_budget"),)
    hidden = replace(entry, contracts={48000: replace(contract, controls=controls)})
    check_control_names(hidden, Effect)
    with pytest.raises(Error, match="cannot be named 'check_budget'"):
        check_control_names(hidden, LiveEffect)


def test_predictor_is_no_effect(monkeypatch) -> None:
    entry = shipped_effects()["resonance-eq"]
    contract = replace(entry.contract, kind="predictor", controls=())
    predictor = replace(entry, contracts={48000: contract}, files={48000: entry.files[48000]})
    monkeypatch.setattr("tonecast.plugin_core.effects.effect.find_effect", lambda _: predictor)
    with pytest.raises(Error, match="makes no sound by itself"):
        Effect("resonance-eq")


def test_models_are_shared_and_given_back() -> None:
    path = shipped_effects()["resonance-eq"].files[48000]
    first, second = load_model(path), load_model(path)
    assert first is second
    alive = weakref.ref(first)
    del first, second
    gc.collect()
    assert alive() is None


def test_six_lines_of_the_readme(tmp_path, noise, write_audio, read_audio) -> None:
    """A recording is read, played and written with pedalboard's own file class."""
    song = write_audio(tmp_path / "song.wav", noise(2, 20_000), 44100)
    tamed = tmp_path / "tamed.wav"

    with AudioFile(str(song)) as file:
        audio, rate = file.read(file.frames), file.samplerate
    effect = Effect("resonance-eq", attenuation=0.4)
    with AudioFile(str(tamed), "w", rate, audio.shape[0]) as file:
        file.write(effect(audio, rate))

    assert read_audio(tamed).shape == audio.shape


# Threads


def test_threads_may_share_an_effect(effect, noise) -> None:
    sounds = [noise(2, 30000, seed) for seed in range(4)]
    expected = [effect(sound, RATE_HZ) for sound in sounds]
    results: dict[int, list[np.ndarray]] = {0: [], 1: [], 2: [], 3: []}

    def play(number: int) -> None:
        for _ in range(3):
            results[number].append(effect(sounds[number], RATE_HZ))

    threads = [threading.Thread(target=play, args=(number,)) for number in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, outs in results.items():
        assert len(outs) == 3
        for out in outs:
            np.testing.assert_array_equal(out, expected[number])


def test_stream_goes_on_with_blocks_shorter_than_its_channels() -> None:
    rng = np.random.default_rng(5)
    audio = (0.1 * rng.standard_normal((2, 9000))).astype(np.float32)
    whole = Effect("resonance-eq").process(audio, 48000, reset=False)
    effect = Effect("resonance-eq")
    cuts = [0, 100, 101, 103, 104, 5000, 5001, 9000]
    blocks = [audio[:, a:b] for a, b in itertools.pairwise(cuts)]
    played = [effect.process(block, 48000, reset=False) for block in blocks]
    np.testing.assert_array_equal(np.concatenate(played, axis=1), whole)


def test_names_as_bytes_are_names() -> None:
    assert Effect(b"resonance-eq").name == "resonance-eq"


@pytest.mark.parametrize("choice", ["backend", "device"])
@pytest.mark.parametrize("given", ["tpu", "cpu\0", "", None, 1])
def test_backends_and_devices_that_are_none_are_one_line(choice, given) -> None:
    with pytest.raises(Error, match=rf"^there is no {choice} .*; choose auto|cpu"):
        Effect("resonance-eq", **{choice: given})


def test_an_endless_sample_rate_is_one_line(effect) -> None:
    with pytest.raises(ValueError, match=r"^the sample rate must be"):
        effect(np.zeros(10), 10**400)
