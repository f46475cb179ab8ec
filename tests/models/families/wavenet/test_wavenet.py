"""Networks with everything that a shape can have: cuts, kernels, graphs and files agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tonecast

torch = pytest.importorskip("torch", reason="families need PyTorch: pip install 'tonecast[train]'")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

from tonecast.export.effect import export_effect, unmeasured  # noqa: E402
from tonecast.models.capture_files.nam import nam_document, write_nam  # noqa: E402
from tonecast.models.families.causal import CausalNetwork, split_conditions  # noqa: E402
from tonecast.models.families.causal_graph import CausalGraph  # noqa: E402
from tonecast.models.families.registry import find_causal_family  # noqa: E402
from tonecast.models.families.wavenet.film import PLACES, Film  # noqa: E402
from tonecast.plugin_core import _engine  # noqa: E402
from tonecast.plugin_core.effect_files.contract import (  # noqa: E402
    Architecture,
    Contract,
    Provenance,
)

RATE_HZ = 48000
SIGMOID = {"type": "Sigmoid"}
CURVES: list[dict[str, Any]] = [
    {"type": "Tanh"},
    {"type": "Hardtanh"},
    {"type": "ReLU"},
    {"type": "LeakyReLU", "negative_slope": 0.125},
    {"type": "PReLU", "negative_slopes": [0.25, -0.5, 0.125, 0.0]},
    SIGMOID,
    {"type": "SiLU"},
    {"type": "Hardswish"},
    {
        "type": "LeakyHardtanh",
        "min_val": -0.25,
        "max_val": 0.125,
        "min_slope": 0.5,
        "max_slope": 0.25,
    },
    {"type": "Softsign"},
]


def layer(dilation: int = 1, **changed: object) -> dict[str, Any]:
    return {
        "kernel_size": 3,
        "dilation": dilation,
        "activation": {"type": "Tanh"},
        "gating": "none",
        "gate_activation": SIGMOID,
        **changed,
    }


def array(layers: list[dict[str, Any]], **changed: object) -> dict[str, Any]:
    return {
        "input_size": 1,
        "condition_size": 1,
        "channels": 4,
        "bottleneck": 4,
        "groups_input": 1,
        "groups_mixin": 1,
        "layers": layers,
        "layer1x1": {"groups": 1},
        "head1x1": None,
        "films": {},
        "head": head(1),
        **changed,
    }


def head(out: int, kernel_size: int = 1, dilation: int = 1, bias: bool = True) -> dict[str, Any]:
    return {"out_channels": out, "kernel_size": kernel_size, "dilation": dilation, "bias": bias}


def wavenet(*arrays: dict[str, Any], **changed: object) -> dict[str, Any]:
    return {"arrays": list(arrays), "head": None, "condition": None, **changed}


BLENDED = [layer(d, gating="blended", gate_activation={"type": "Tanh"}) for d in (1, 5)]
FILMS = {place: {"shift": i % 2 == 0, "groups": 1 + i % 2} for i, place in enumerate(PLACES)}
EVERYTHING = wavenet(
    array(
        BLENDED,
        condition_size=2,
        bottleneck=2,
        groups_input=2,
        groups_mixin=2,
        layer1x1={"groups": 2},
        head1x1={"out_channels": 6, "groups": 2},
        films=FILMS,
        head=head(3, 4, 2, bias=False),
    ),
    head={
        "activation": {"type": "Softsign"},
        "convolutions": [
            {"out_channels": 4, "kernel_size": 3},
            {"out_channels": 1, "kernel_size": 2},
        ],
    },
    condition=wavenet(array([layer(1), layer(3)], head=head(2))),
)
KNOBS = wavenet(
    array(
        [layer(2), layer(3, gating="gated")],
        condition_size=3,
        films={p: {"shift": True, "groups": 1} for p in ("mixin_pre", "activation_post")},
        head=head(4, 2),
    ),
    array([layer(1)], input_size=4, condition_size=3, head=head(1)),
    conditions=2,
)
SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "two arrays": (
        "wavenet",
        wavenet(
            array([layer(1), layer(2)], head=head(3)),
            array([layer(7), layer(1)], input_size=4, channels=3, bottleneck=3, head=head(1, 16)),
        ),
    ),
    "several kinds of layers": (
        "wavenet",
        wavenet(array([layer(2), layer(3, gating="gated"), layer(1, kernel_size=1), BLENDED[1]])),
    ),
    "nothing but the head": ("wavenet", wavenet(array([layer(1), layer(4)], layer1x1=None))),
    "activations": ("wavenet", wavenet(array([layer(activation=curve) for curve in CURVES]))),
    "films of layers that are not blended": (
        "wavenet",
        wavenet(
            array([layer(1), layer(2)], films={p: {"shift": True, "groups": 1} for p in PLACES[:7]})
        ),
    ),
    "everything": ("wavenet", EVERYTHING),
    "knobs": ("wavenet", KNOBS),
    "convnet": (
        "convnet",
        {"channels": 4, "dilations": [1, 3], "groups": 1, "activation": {"type": "SiLU"}},
    ),
    "linear": ("linear", {"receptive_field": 9, "bias": False}),
    "gain": ("linear", {"receptive_field": 1, "bias": True}),
}
KNOB_PLACES = np.array([[0.9, 0.2], [0.0, 0.6]], np.float32)  # of two segments
SOUND = np.random.default_rng(2).uniform(-0.7, 0.7, (2, 700))


def made(name: str) -> CausalNetwork:
    architecture, shape = SHAPES[name]
    torch.manual_seed(4)
    network = find_causal_family(architecture).network_type(shape)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1.5)  # into the bends of the curves
        for module in network.modules():
            if isinstance(module, Film):  # which changes nothing at first
                module.weight.uniform_(-0.7, 0.7)
                module.bias.uniform_(-0.7, 0.7)
    return network.eval()


def middle(network: CausalNetwork) -> list[torch.Tensor]:
    return [torch.tensor(0.5)] * network.conditions


def played(network: CausalNetwork, sound: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    with torch.no_grad():
        weights = next(network.parameters())
        rest = network.rested_states(len(sound))
        out, _ = network(torch.from_numpy(sound).to(weights), middle(network), rest)
    return np.asarray(out.numpy())


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("cut", [1, 7, 64])
def test_any_cut_plays_the_same(name: str, cut: int) -> None:
    network = made(name).double()
    whole = played(network, SOUND)
    parts, states = [], network.rested_states(2)
    assert [tuple(state.shape[1:]) for state in states] == list(network.state_shapes().values())
    with torch.no_grad():
        for block in torch.split(torch.from_numpy(SOUND), cut, dim=1):
            part, states = network(block, middle(network), states)
            parts.append(part)
    assert np.abs(torch.cat(parts, dim=1).numpy() - whole).max() < 1e-12


@pytest.mark.parametrize("name", SHAPES)
def test_rest_is_what_silence_leaves_and_what_comes_changes_nothing_that_was(name: str) -> None:
    network = made(name).double()
    whole = played(network, SOUND)
    silence = np.zeros((2, network.prewarm_samples + 100))
    after = played(network, np.hstack([silence, SOUND]))
    assert np.abs(after[:, silence.shape[1] :] - whole).max() < 1e-12
    later = SOUND.copy()
    later[:, 400:] *= -1
    other = played(network, later)
    assert np.abs(other[:, :400] - whole[:, :400]).max() < 1e-12
    assert np.abs(other[:, 400:] - whole[:, 400:]).max() > 1e-4


@pytest.mark.parametrize("name", [name for name in SHAPES if name != "knobs"])
def test_the_kernels_play_it_from_a_nam_file(name: str, tmp_path: Path) -> None:
    network = made(name)
    path = tmp_path / "made.nam"
    path.write_text(json.dumps(nam_document(network)))
    capture = _engine.Capture(path)
    assert (capture.architecture, json.loads(capture.network_json)) == SHAPES[name]
    assert np.array_equal(capture.weights, network.flat())
    sound = SOUND.astype(np.float32)
    by_kernel = tonecast.Effect(path)(sound, RATE_HZ)
    assert np.abs(by_kernel - played(network.double(), SOUND)).max() < 1e-5


@pytest.mark.parametrize("name", ["activations", "everything", "gain"])
def test_graph_plays_as_the_network_and_keeps_its_weights(name: str, tmp_path: Path) -> None:
    network = made(name)
    architecture = Architecture(network.architecture, network=network.network)
    promise = Contract(
        kind="effect",
        name="made",
        label="Made",
        description="For tests.",
        sample_rate_hz=RATE_HZ,
        provenance=Provenance("none", (), {}, "2026-01-01"),
        parity=unmeasured(),
        frame_size_samples=64,
        hop_size_samples=64,
        hop_sizes_samples=(64,),
        architecture=architecture,
        form="causal",
        prewarm_samples=network.prewarm_samples,
    )
    path = tmp_path / "made.onnx"
    contract = export_effect(CausalGraph(network), {}, promise, path)
    assert contract.parity.largest_difference < 1e-5
    first = path.read_bytes()
    export_effect(CausalGraph(network), {}, promise, path)
    assert path.read_bytes() == first
    write_nam(path, tmp_path / "again.nam")
    assert np.array_equal(_engine.Capture(tmp_path / "again.nam").weights, network.flat())
    by_graph = tonecast.Effect(path, backend="onnxruntime")(SOUND.astype(np.float32), RATE_HZ)
    assert np.abs(by_graph - played(network.double(), SOUND)).max() < 1e-5


def test_a_nam_file_holds_no_knobs() -> None:
    with pytest.raises(tonecast.Error, match="no WaveNet with knobs"):
        nam_document(made("knobs"))


def test_weights_have_the_names_of_the_format() -> None:
    network = made("everything")
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    order = [names[id(parameter)] for parameter in network.in_order()]
    assert sorted(order) == sorted(names.values())
    first = order.index("arrays.0.rechannel.weight")
    assert all(name.startswith("condition.") for name in order[:first])
    films = [f"films.{place}.{part}" for place in PLACES for part in ("weight", "bias")]
    convolutions = ["conv.weight", "conv.bias", "mixin.weight"]
    convolutions += ["layer1x1.weight", "layer1x1.bias", "head1x1.weight", "head1x1.bias"]
    assert order[first:] == [
        "arrays.0.rechannel.weight",
        *(f"arrays.0.layers.{i}.{name}" for i in (0, 1) for name in convolutions + films),
        "arrays.0.head.weight",
        *(f"head.{j}.{part}" for j in (0, 1) for part in ("weight", "bias")),
        "head_scale",
    ]
    assert tuple(network.state_dict()["arrays.0.layers.0.conv.weight"].shape) == (4, 2, 3)


def test_a_list_of_another_length_is_refused() -> None:
    network = made("convnet")
    weights = network.flat()
    for wrong in (weights[:-1], np.append(weights, np.float32(0))):
        with pytest.raises(tonecast.Error, match=f"there are {len(wrong)} weights"):
            network.load_flat(wrong)


TRAINED = [name for name, (architecture, _) in SHAPES.items() if architecture == "wavenet"]


@pytest.mark.parametrize("instruction_set", _engine.training.instruction_sets())
@pytest.mark.parametrize("warm_samples", [0, 60])
@pytest.mark.parametrize("name", TRAINED)
def test_gradients_are_those_of_pytorch(name: str, warm_samples: int, instruction_set: str) -> None:
    network = made(name)
    learner = _engine.training.WaveNet(json.dumps(SHAPES[name][1]), 1, instruction_set)
    sound = SOUND.astype(np.float32)
    knobs = KNOB_PLACES[:, : network.conditions]
    assert learner.conditions == network.conditions
    found = learner.forward(network.flat(), sound, warm_samples, knobs)
    gradient = found - sound[:, warm_samples:]  # of half the squared error
    of_weights = learner.backward(gradient)

    network = network.double().requires_grad_(True)  # the head's scale, which stays in a training
    silence = torch.zeros(2, network.prewarm_samples, dtype=torch.float64)
    dry = torch.cat([silence, torch.from_numpy(sound).double()], dim=1)
    states = [state.double() for state in network.reset_states(2)]
    given = split_conditions(torch.from_numpy(knobs).double())
    wanted = network(dry, given, states)[0][:, -gradient.shape[1] :]
    assert np.abs(found - wanted.detach().numpy()).max() < 1e-5
    wanted.backward(torch.from_numpy(gradient).double())
    at = 0
    for parameter in network.in_order():
        own = of_weights[at : at + parameter.numel()]
        at += parameter.numel()
        if parameter.grad is None:  # nobody hears it
            assert not own.any()
            continue
        right = parameter.grad.ravel().numpy()
        assert np.abs(own - right).max() <= 1e-5 * max(np.abs(right).max(), 1.0)
    assert at == len(of_weights) == learner.parameters


def test_any_number_of_threads_gives_the_same_gradients() -> None:
    network, rng = made("everything"), np.random.default_rng(3)
    sound = rng.uniform(-0.7, 0.7, (5, 900)).astype(np.float32)
    gradient = rng.standard_normal((5, 800)).astype(np.float32)
    found = []
    for threads in (1, 2, 3):
        learner = _engine.training.WaveNet(json.dumps(EVERYTHING), threads)
        for _ in range(2):  # what the first time leaves in memory is not heard
            played = learner.forward(network.flat(), sound, 100)
            found.append((played, learner.backward(gradient)))
    for played, of_weights in found[1:]:
        assert np.array_equal(played, found[0][0])
        assert np.array_equal(of_weights, found[0][1])
    assert np.array_equal(learner.play(network.flat(), sound, 100), found[0][0])
    with pytest.raises(tonecast.Error, match="call forward"):
        learner.backward(gradient)
