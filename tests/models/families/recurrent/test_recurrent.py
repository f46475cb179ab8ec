"""Recurrent networks against loops that are written out, in double precision; and any cut."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch", reason="families need PyTorch: pip install 'tonecast[train]'")

from tonecast.models.families.recurrent.recurrent import Recurrent  # noqa: E402

Sound = NDArray[np.float64]


def cells(kind: str, inputs: int, hidden: int) -> dict[str, Any]:
    return {"type": kind, "input_size": inputs, "hidden_size": hidden}


def dense(inputs: int, outputs: int, activation: str = "none") -> dict[str, Any]:
    return {
        "type": "dense",
        "input_size": inputs,
        "output_size": outputs,
        "activation": activation,
    }


def shape(*layers: dict[str, Any], **changed: object) -> dict[str, Any]:
    usual = {"skip": False, "input_gain": 1.0, "output_gain": 1.0, "prewarm_samples": 100}
    return {"layers": list(layers), **usual, **changed}


SHAPES = {
    "lstm": shape(cells("lstm", 1, 5), cells("lstm", 5, 3), dense(3, 1)),
    "gru": shape(cells("gru", 1, 4), dense(4, 1), skip=True),
    "knobs and gains": shape(
        dense(3, 4, "tanh"),
        cells("gru", 4, 3),
        dense(3, 2, "elu"),
        dense(2, 2, "sigmoid"),
        cells("lstm", 2, 2),
        dense(2, 2, "relu"),
        dense(2, 1),
        skip=True,
        input_gain=2.0,
        output_gain=-0.5,
    ),
}
KNOBS = [0.25, 0.75]
SOUND = np.random.default_rng(2).uniform(-0.7, 0.7, (2, 300))


def made(name: str) -> Recurrent:
    torch.manual_seed(3)
    network = Recurrent(SHAPES[name]).double()
    with torch.no_grad():
        for parameter in network.parameters():  # initial states, too
            parameter.copy_(torch.randn_like(parameter))
    return network.eval()


def sigmoid(x: Sound) -> Sound:
    return 1 / (1 + np.exp(-x))


def lstm(layer: dict[str, Sound], x: Sound) -> Sound:
    h, c, out = layer["initial_hidden"], layer["initial_cell"], []
    for now in x:
        gates = layer["weight_ih"] @ now + layer["bias_ih"] + layer["weight_hh"] @ h
        i, f, g, o = np.split(gates + layer["bias_hh"], 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        out.append(h)
    return np.array(out)


def gru(layer: dict[str, Sound], x: Sound) -> Sound:
    h, out = layer["initial_hidden"], []
    for now in x:
        rx, zx, nx = np.split(layer["weight_ih"] @ now + layer["bias_ih"], 3)
        rh, zh, nh = np.split(layer["weight_hh"] @ h + layer["bias_hh"], 3)
        z = sigmoid(zx + zh)
        h = (1 - z) * np.tanh(nx + sigmoid(rx + rh) * nh) + z * h
        out.append(h)
    return np.array(out)


CURVES = {
    "none": lambda x: x,
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": sigmoid,
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
}


def written_out(network: Recurrent, sound: Sound, knobs: list[float]) -> Sound:
    """One channel, [n], from the state after a reset."""
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    dry = network.network["input_gain"] * sound
    v = np.column_stack([dry, *(np.full_like(dry, knob) for knob in knobs)])
    for i, one in enumerate(network.network["layers"]):
        layer = {
            name.removeprefix(f"layers.{i}."): value
            for name, value in weights.items()
            if name.startswith(f"layers.{i}.")
        }
        if one["type"] == "dense":
            v = CURVES[one["activation"]](v @ layer["weight"].T + layer["bias"])
        else:
            v = (lstm if one["type"] == "lstm" else gru)(layer, v)
    y = v[:, 0] + (dry if network.network["skip"] else 0)
    return np.asarray(network.network["output_gain"] * y)


@pytest.mark.parametrize("name", SHAPES)
def test_plays_as_loops_that_are_written_out(name: str) -> None:
    network = made(name)
    knobs = KNOBS[: network.conditions]
    with torch.no_grad():
        out, _ = network(
            torch.from_numpy(SOUND), [torch.tensor(knob) for knob in knobs], network.reset_states(2)
        )
    for heard, sound in zip(out.numpy(), SOUND, strict=True):
        assert np.abs(heard - written_out(network, sound, knobs)).max() < 1e-9


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("cut", [1, 7, 64])
def test_any_cut_plays_the_same_and_later_sound_changes_no_earlier(name: str, cut: int) -> None:
    network = made(name)
    knobs = [torch.tensor(knob) for knob in KNOBS[: network.conditions]]
    sound = torch.from_numpy(SOUND)
    later = torch.cat([sound[:, :150], -sound[:, 150:]], dim=1)
    parts, states = [], network.rested_states(2, knobs)
    with torch.no_grad():
        whole, _ = network(sound, knobs, states)
        other, _ = network(later, knobs, states)
        for block in torch.split(sound, cut, dim=1):
            part, states = network(block, knobs, states)
            parts.append(part)
    assert (torch.cat(parts, dim=1) - whole).abs().max() < 1e-12
    assert torch.equal(other[:, :150], whole[:, :150])
    assert not torch.equal(other[:, 150:], whole[:, 150:])


def test_rest_is_the_reset_state_and_then_silence() -> None:
    network = made("lstm")
    with torch.no_grad():
        _, silent = network(torch.zeros(2, 100).double(), [], network.reset_states(2))
    for found, expected in zip(network.rested_states(2), silent, strict=True):
        assert torch.equal(found, expected)
    initial = network.initial_states()
    assert list(initial) == list(network.state_shapes())
    assert torch.equal(initial["layer0_cell"][0], network.state_dict()["layers.0.initial_cell"])


def test_weights_have_the_names_of_the_format() -> None:
    network = made("lstm")
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    parts = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "initial_hidden", "initial_cell"]
    assert [names[id(parameter)] for parameter in network.in_order()] == [
        *(f"layers.{i}.{part}" for i in (0, 1) for part in parts),
        "layers.2.weight",
        "layers.2.bias",
    ]
    flat = network.flat()
    again = Recurrent(SHAPES["lstm"])
    again.load_flat(flat)
    assert np.array_equal(again.flat(), flat)
