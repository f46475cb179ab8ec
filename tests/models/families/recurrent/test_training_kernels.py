"""Kernels that train recurrent networks, against PyTorch in double precision."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
import tonecast

torch = pytest.importorskip("torch", reason="families need PyTorch: pip install 'tonecast[train]'")

from tonecast.models.families.recurrent.recurrent import Recurrent  # noqa: E402
from tonecast.plugin_core import _engine  # noqa: E402
from tonecast.plugin_core.samples import Samples  # noqa: E402

SETS = _engine.training.instruction_sets()


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
    usual = {"skip": False, "input_gain": 1.0, "output_gain": 1.0, "prewarm_samples": 70}
    return {"layers": list(layers), **usual, **changed}


def stack(kind: str, layers: int, knobs: int, skip: bool) -> dict[str, Any]:
    """Widths that no tile and no vector divides."""
    widths = [1 + knobs, 5, 3, 7][: layers + 1]
    made = [cells(kind, *pair) for pair in itertools.pairwise(widths)]
    return shape(*made, dense(widths[-1], 1), skip=skip)


SHAPES = {
    f"{layers} {kind}, {knobs} knobs{', skip' if skip else ''}": stack(kind, layers, knobs, skip)
    for kind in ("lstm", "gru")
    for layers in (1, 2, 3)
    for knobs in (0, 2)
    for skip in (False, True)
}
SHAPES["everything"] = shape(
    dense(2, 4, "tanh"),
    cells("gru", 4, 3),
    dense(3, 2, "elu"),
    dense(2, 2, "sigmoid"),
    cells("lstm", 2, 2),
    dense(2, 19, "relu"),
    dense(19, 1),
    skip=True,
    input_gain=2.0,
    output_gain=-0.5,
)
SHAPES["cells last, at once"] = shape(cells("lstm", 1, 1), prewarm_samples=0)
SHAPES["wide"] = shape(cells("lstm", 1, 16), cells("gru", 16, 33), dense(33, 1), skip=True)


def made(network: dict[str, Any]) -> Recurrent:
    torch.manual_seed(3)
    model = Recurrent(network)
    with torch.no_grad():
        for parameter in model.parameters():  # initial states, too
            parameter.copy_(torch.randn_like(parameter) / max(1, parameter.shape[-1]) ** 0.5)
    return model


def drawn(batch: int, samples: int, knobs: int) -> tuple[Samples, Samples]:
    rng = np.random.default_rng(2)
    sound = rng.uniform(-0.7, 0.7, (batch, samples)).astype(np.float32)
    return sound, rng.uniform(0, 1, (batch, knobs)).astype(np.float32)


def by_pytorch(
    model: Recurrent, sound: Samples, conditions: Samples, warm_samples: int, gradient: Samples
) -> tuple[Samples, list[Samples]]:
    """What is played, and gradients in order; each segment has knobs of its own."""
    model = model.double()
    played = []
    for segment, knobs in zip(sound, conditions, strict=True):
        at = [torch.tensor(float(knob), dtype=torch.float64) for knob in knobs]
        with torch.no_grad():
            states = model.rested_states(1)
            dry = torch.from_numpy(segment[None].astype(np.float64))
            if warm_samples:
                _, states = model(dry[:, :warm_samples], at, states)
        played.append(model(dry[:, warm_samples:], at, states)[0])
    out = torch.cat(played)
    out.backward(torch.from_numpy(gradient.astype(np.float64)))
    return out.detach().numpy(), [
        np.zeros(parameter.numel()) if parameter.grad is None else parameter.grad.ravel().numpy()
        for parameter in model.in_order()
    ]


def check_gradients(
    network: dict[str, Any], instruction_set: str, batch: int, samples: int, warm_samples: int
) -> None:
    model = made(network)
    learner = _engine.training.Recurrent(json.dumps(network), 1, instruction_set)
    sound, knobs = drawn(batch, samples, learner.conditions)
    flat = model.flat()
    found = learner.forward(flat, sound, warm_samples, knobs)
    gradient = found - sound[:, warm_samples:]  # of half the squared error
    of_weights = learner.backward(gradient)
    wanted, right = by_pytorch(model, sound, knobs, warm_samples, gradient)
    assert np.abs(found - wanted).max() < 1e-5
    at = 0
    for tensor in right:
        own = of_weights[at : at + len(tensor)]
        at += len(tensor)
        assert np.abs(own - tensor).max() <= 1e-5 * max(np.abs(tensor).max(), 1e-6)
    assert at == len(of_weights) == learner.parameters == len(flat)


@pytest.mark.parametrize("instruction_set", SETS)
@pytest.mark.parametrize("name", SHAPES)
def test_gradients_are_those_of_pytorch(name: str, instruction_set: str) -> None:
    check_gradients(SHAPES[name], instruction_set, batch=3, samples=190, warm_samples=50)


@pytest.mark.parametrize("instruction_set", SETS)
@pytest.mark.parametrize("batch", [1, 16, 19])
@pytest.mark.parametrize(("samples", "warm_samples"), [(1, 0), (64, 0), (131, 67)])
def test_any_number_and_length_of_segments(
    batch: int, samples: int, warm_samples: int, instruction_set: str
) -> None:
    check_gradients(SHAPES["2 gru, 2 knobs, skip"], instruction_set, batch, samples, warm_samples)


@pytest.mark.parametrize("instruction_set", SETS)
def test_any_number_of_threads_gives_the_same_gradients(instruction_set: str) -> None:
    network = SHAPES["everything"]
    flat = made(network).flat()
    found = []
    for threads in (1, 2, 3):
        learner = _engine.training.Recurrent(json.dumps(network), threads, instruction_set)
        for batch in (40, 7, 40):  # what another batch leaves in memory is not heard
            sound, knobs = drawn(batch, 300, 1)
            played = learner.forward(flat, sound, 100, knobs)
            of_weights = learner.backward(0.5 * played)
        found.append((played, of_weights))
        assert np.array_equal(learner.play(flat, sound, 100, knobs), played)
    for played, of_weights in found[1:]:
        assert np.array_equal(played, found[0][0])
        assert np.array_equal(of_weights, found[0][1])


@pytest.mark.parametrize("name", ["1 lstm, 0 knobs, skip", "3 gru, 0 knobs"])
def test_what_is_learnt_is_what_is_played(name: str) -> None:
    """As a capture's network plays from the silence before it begins."""
    model = made(SHAPES[name])
    sound, _ = drawn(2, 400, 0)
    played = _engine.training.Recurrent(json.dumps(SHAPES[name])).play(model.flat(), sound, 0)
    model = model.double()
    with torch.no_grad():
        whole, _ = model(torch.from_numpy(sound).double(), [], model.rested_states(2))
    assert np.abs(played - whole.numpy()).max() < 1e-5


def test_what_cannot_be_done_is_said() -> None:
    network = SHAPES["1 lstm, 2 knobs"]
    learner = _engine.training.Recurrent(json.dumps(network))
    sound, knobs = drawn(4, 80, 2)
    flat = made(network).flat()
    for wrong in (None, knobs[:3], knobs[:, :1]):
        with pytest.raises(tonecast.Error, match=r"conditions must have the shape \[4, 2\]"):
            learner.forward(flat, sound, 10, wrong)
    with pytest.raises(tonecast.Error, match="call forward"):
        learner.backward(sound)
    learner.forward(flat, sound, 10, knobs)
    with pytest.raises(tonecast.Error, match="gradient must hold 280 values"):
        learner.backward(sound)
    learner.backward(sound[:, 10:].copy())
    with pytest.raises(tonecast.Error, match="call forward"):
        learner.backward(sound[:, 10:].copy())
    learner.forward(flat, sound, 10, knobs)
    learner.play(flat, sound, 10, knobs)
    with pytest.raises(tonecast.Error, match="call forward"):
        learner.backward(sound[:, 10:].copy())
