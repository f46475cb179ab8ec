"""Captures by other programs: what they play, what their files say, and what is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tonecast
from numpy.typing import NDArray
from tonecast.plugin_core import _engine
from tonecast.plugin_core.effect_files.catalog import read_effect
from tonecast.plugin_core.errors import Error

SHARED = Path(__file__).parents[4] / "shared" / "captures"
SETS = _engine.testing.instruction_sets()

# Float32 has no more: a deep network of tanh layers that hears a sweep in full.
DEEP = {"made_nano": 1e-4, "wavenet_a1_standard": 2e-5}
REFERENCES = sorted(SHARED.glob("*.ref.npy"))

Samples = NDArray[np.float32]


def play(model: _engine.Model, sound: Samples, next_block: Callable[[], int]) -> Samples:
    engine = _engine.Engine(model)
    engine.prepare(json.loads(model.contract_json)["sample_rate_hz"], sound.shape[0])
    assert engine.latency_samples == 0
    out = np.empty_like(sound)
    at = 0
    while at < sound.shape[1]:
        block = np.ascontiguousarray(sound[:, at : at + next_block()])
        played = np.empty_like(block)
        engine.process(block, played)
        out[:, at : at + block.shape[1]] = played
        at += block.shape[1]
    return out


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda path: path.name.removesuffix(".npy"))
@pytest.mark.parametrize("kernels", SETS)
def test_captures_play_as_their_references(reference: Path, kernels: str) -> None:
    name = reference.name.removesuffix(".ref.npy")
    stem, _, slim = name.partition("_slim")
    path = next(SHARED / f"{stem}{suffix}" for suffix in (".nam", ".json")
                if (SHARED / f"{stem}{suffix}").exists())  # fmt: skip
    model = _engine.Model(path, instruction_set=kernels)
    engine = _engine.Engine(model)
    sound = np.load(SHARED / "input.npy").reshape(1, -1).astype(np.float32)
    engine.prepare(json.loads(model.contract_json)["sample_rate_hz"], 1)
    if slim:
        engine.set_control("size", float(slim))
    out = np.empty_like(sound)
    engine.process(sound, out)
    difference = np.abs(out[0] - np.load(reference).ravel())
    assert difference.max() <= DEEP.get(stem, 1e-5)
    assert np.mean(difference**2) <= 1e-11  # −110 dB


@pytest.mark.skipif(not REFERENCES, reason="no ../shared/captures")
@pytest.mark.parametrize("name", ["A2.nam", "wavenet.nam", "made_lstm_1x16.nam", "made_gated.nam"])
def test_cuts_and_company_change_no_bit(name: str) -> None:
    model = _engine.Model(SHARED / name)
    sound = np.load(SHARED / "input.npy").reshape(1, -1)[:, :9000].astype(np.float32)
    whole = play(model, sound, lambda: 9000)
    for block in (1, 7, 64, 480):
        assert np.array_equal(play(model, sound, lambda block=block: block), whole)
    rng = np.random.default_rng(1)
    assert np.array_equal(play(model, sound, lambda: int(rng.integers(1, 700))), whole)
    three = np.ascontiguousarray(np.vstack([sound, 0.5 * sound, sound]))
    assert np.array_equal(play(model, three, lambda: 100)[[0, 2]], whole[[0, 0]])


# A network of a single tap: it plays its input, times the weight.
LINEAR: dict[str, Any] = {
    "version": "0.5.4",
    "architecture": "Linear",
    "config": {"receptive_field": 1, "bias": False},
    "weights": [-0.5],
    "sample_rate": 48000,
    "metadata": {
        "name": "Half",
        "modeled_by": "Ann",
        "gear_make": "Ohm",
        "loudness": -24.0,
        "input_level_dbu": 6.0,
        "output_level_dbu": 10.0,
        "date": {"year": 2026, "month": 1, "day": 31},
        "training": {"validation_esr": 0.01},
    },
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write_file(content: object, name: str = "half.nam") -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write_file


def test_what_a_file_says_of_itself_is_its_card(write: Callable[..., Path]) -> None:
    contract = read_effect(write(LINEAR)).contract
    assert (contract.name, contract.label, contract.form) == ("half", "Half", "causal")
    assert contract.capture is not None
    assert contract.capture.details == {"modeled_by": "Ann", "gear_make": "Ohm"}
    assert contract.capture.loudness_db == -24.0
    assert contract.capture.inverted  # a click comes out upside down
    assert contract.capture.peak_samples == 0
    assert contract.provenance.date == "2026-01-31"
    assert contract.provenance.losses == {"validation_esr": 0.01}
    assert [control.name for control in contract.controls] == [
        "invert", "normalize", "calibrate_input", "calibrate_output", "interface_dbu"
    ]  # fmt: skip


def test_a_capture_is_an_effect(write: Callable[..., Path]) -> None:
    path = write(LINEAR)
    sound = np.random.default_rng(1).standard_normal((2, 1000)).astype(np.float32) * 0.1
    effect = tonecast.Effect(path)
    assert effect.latency_samples(48000) == 0
    assert np.array_equal(effect(sound, 48000), -0.5 * sound)
    upright = tonecast.Effect(path, invert=1, normalize=1)
    assert np.allclose(upright(sound, 48000), 0.5 * sound * 10 ** (6 / 20), atol=1e-6)
    board = tonecast.Board([tonecast.Effect(path), tonecast.Effect(path)])
    assert np.array_equal(board(sound, 48000), 0.25 * sound)


def test_a_capture_without_anything_but_its_network_plays(write: Callable[..., Path]) -> None:
    bare = {key: LINEAR[key] for key in ("version", "architecture", "config", "weights")}
    effect = tonecast.Effect(write(bare, "Größe 1 (bare).nam"))
    assert effect.contract.sample_rate_hz == 48000
    assert effect.name == "gr-e-1-bare"
    assert [control.name for control in effect.contract.controls] == ["invert"]


def changed(*path: str | int, to: object) -> dict[str, Any]:
    data = copy.deepcopy(LINEAR)
    inside: Any = data
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = to
    return data


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in LINEAR.items() if name != key}


CONTAINER = {
    "version": "0.7.0",
    "architecture": "SlimmableContainer",
    "config": {
        "submodels": [{"max_value": 0.5, "model": LINEAR}, {"max_value": 1.0, "model": LINEAR}]
    },
    "weights": [],
    "sample_rate": 48000,
}


def container(first: float, last: float) -> dict[str, Any]:
    data = copy.deepcopy(CONTAINER)
    data["config"]["submodels"][0]["max_value"] = first  # type: ignore[index]
    data["config"]["submodels"][1]["max_value"] = last  # type: ignore[index]
    return data


LSTM = {
    "version": "0.5.0",
    "architecture": "LSTM",
    "config": {"input_size": 1, "hidden_size": 2, "num_layers": 1},
    "weights": [0.1] * (8 * 3 + 8 + 2 + 2 + 2 + 1),
}

WAVENET: dict[str, Any] = {
    "version": "0.5.0",
    "architecture": "WaveNet",
    "config": {
        "layers": [
            {
                "input_size": 1,
                "condition_size": 1,
                "channels": 1,
                "head_size": 1,
                "kernel_size": 2,
                "dilations": [1, 2],
                "activation": "Tanh",
                "gated": False,
                "head_bias": False,
            }
        ],
        "head": None,
        "head_scale": 0.02,
    },
    "weights": [0.1] * (1 + 2 * (2 + 1 + 1 + 1 + 1) + 1 + 1),
}


def wavenet(field: str, to: object) -> dict[str, Any]:
    data = copy.deepcopy(WAVENET)
    data["config"]["layers"][0][field] = to
    return data


def test_the_networks_that_are_broken_below_play(write: Callable[..., Path]) -> None:
    for network in (LSTM, WAVENET, CONTAINER):
        tonecast.Effect(write(network))(np.zeros((1, 100), np.float32), 48000)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (changed("version", to="0.8.0"), "version 0.8.0.*update tonecast"),
        (changed("version", to="1.0.0"), "version 1.0.0.*update tonecast"),
        (changed("version", to="0.4.9"), "older than what can be read"),
        (changed("version", to="0.7"), "not three numbers"),
        (changed("version", to="v0.7.0"), "not three numbers"),
        (changed("version", to="0.7.0-b"), "not three numbers"),
        (changed("architecture", to="Transformer"), '"Transformer" is not known'),
        (without("version"), '"version" is missing'),
        (without("weights"), '"weights" is missing'),
        (without("config"), '"config" is missing'),
        (changed("weights", to=[]), "too few weights"),
        (changed("weights", to=[1, 2]), "2 weights, but its network takes 1"),
        (changed("weights", to=[1e39]), "finite numbers"),
        (changed("weights", to=["loud"]), "finite numbers"),
        (json.dumps(LINEAR).replace("-0.5]", "NaN]"), "NaN and Infinity are no numbers"),
        (changed("sample_rate", to=48), '"sample_rate" must be an integer between 8000'),
        (changed("sample_rate", to="fast"), '"sample_rate" must be an integer'),
        (changed("config", "receptive_field", to=0), '"receptive_field"'),
        (changed("config", "receptive_field", to=10**9), '"receptive_field"'),
        (json.dumps(LINEAR)[:100], "JSON text is malformed at byte"),
        ("", "it is empty"),
        ("[1, 2, 3]", "it is JSON, but no capture"),
        ('{"hello": "world"}', "it is JSON, but no capture"),
        (container(0.5, 0.5), "must be larger than that before it"),
        (container(0.6, 0.5), "must be larger than that before it"),
        (container(0.5, 0.9), 'the last "max_value" must be at least 1'),
        ({**LSTM, "weights": [0.1] * 38}, "too few weights"),
        ({**LSTM, "weights": [0.1] * 40}, "40 weights, but its network takes 39"),
        (wavenet("activation", "Snake"), '"Snake" is not known'),
        (wavenet("activation", ["Tanh"]), '"activation" has 1 entries, "dilations" has 2'),
        (wavenet("kernel_sizes", [2, 2]), 'either "kernel_size" or "kernel_sizes"'),
        (wavenet("gating_mode", "open"), '"gating_mode" must be'),
        (wavenet("channels", 10**6), '"channels" must be an integer'),
        ({**WAVENET, "weights": [0.1] * 14}, "too few weights"),
        ('{"layers": [{"type": "conv1d", "shape": [1]}]}', "dense, lstm and gru"),
        ('{"in_shape": [null, null, 4], "layers": []}', "1 to 3 inputs"),
        ('{"layers": []}', '"layers" is empty'),
        ('{"layers": [{"type": "dense", "shape": [2], "weights": [[[1]]]}]}', '"shape" says'),
        ('{"model_data": {"hidden_size": 2}, "state_dict": {}}', "rec.weight_ih_l0"),
        ('{"model_data": {"hidden_size": 2, "unit_type": "RNN"}, "state_dict": {}}', "LSTM.*GRU"),
    ],
)
def test_what_cannot_be_played_is_told_in_one_line(
    write: Callable[..., Path], content: object, named: str
) -> None:
    path = write(content)
    with pytest.raises(Error, match=named) as caught:
        tonecast.Effect(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


STRANGE = (None, True, -1, 0, 2, 1e9, 1e300, 0.5, "Tanh", "", [], [1], {}, {"type": "PReLU"})


def mutated(value: object, rng: np.random.Generator) -> object:
    """Something else in one place, chosen at random."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(sorted(value))
        if rng.random() < 0.1:
            return {name: inside for name, inside in value.items() if name != key}
        return {**value, key: mutated(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.9:
        at = int(rng.integers(len(value)))
        return [*value[:at], mutated(value[at], rng), *value[at + 1 :]]
    return STRANGE[rng.integers(len(STRANGE))]


GRU_LAYER = {"type": "gru", "shape": [1], "weights": [[[0.1] * 3], [[0.2] * 3], [[0.1] * 3] * 2]}
GRU = {"in_shape": [None, None, 1], "in_skip": 1, "layers": [GRU_LAYER]}


@pytest.mark.parametrize("network", [LINEAR, LSTM, WAVENET, CONTAINER, GRU])
def test_no_mutation_does_more_than_make_sound(
    write: Callable[..., Path], network: dict[str, Any]
) -> None:
    rng = np.random.default_rng(1)
    refused = 0
    for _ in range(300):
        content: object = network
        for _ in range(int(rng.integers(1, 4))):
            content = mutated(content, rng)
        path = write(content, "strange.nam")
        try:
            model = _engine.Model(path)
        except Error as error:
            refused += 1
            assert str(error).startswith(f"{path}: ")
            assert "\n" not in str(error)
            continue
        out = play(model, np.ones((1, 100), np.float32), lambda: 33)
        assert np.isfinite(out).all()
    assert 30 < refused < 300


def test_a_file_of_200_mb_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "long.nam"
    with path.open("wb") as file:
        file.truncate(200 << 20)  # takes no room on the disk
    with pytest.raises(Error, match="larger than 64 MiB"):
        tonecast.Effect(path)


def test_onnxruntime_and_records_need_an_effect_file(write: Callable[..., Path]) -> None:
    path = write(LINEAR)
    with pytest.raises(Error, match="tonecast import"):
        tonecast.Effect(path, backend="onnxruntime")
    with pytest.raises(Error, match="tonecast import"):
        tonecast.verify(path)


def test_oversampling_keeps_what_is_linear(write: Callable[..., Path]) -> None:
    path = write(changed("metadata", to=None))
    tone = 0.5 * np.sin(2 * np.pi * 1000 / 48000 * np.arange(4800)).astype(np.float32)[None]
    for times in (2, 4, 8):
        for linear_phase in (True, False):
            effect = tonecast.Effect(path, oversampling=times, linear_phase=linear_phase)
            assert (effect.latency_samples(48000) == 0) is not linear_phase
            out = effect(tone, 48000)[0, 1000:-1000]
            assert np.abs(out).max() == pytest.approx(0.25, abs=1e-3)
    with pytest.raises(Error, match="1, 2, 4 or 8"):
        tonecast.Effect(path, oversampling=3)
    with pytest.raises(Error, match="cannot be oversampled"):
        tonecast.Effect("resonance-eq", oversampling=2)
