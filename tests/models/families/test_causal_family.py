"""Causal families in their own sizes: built, trained, exported, played and read back."""

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
from tonecast.models.capture_files.nam import nam_document  # noqa: E402
from tonecast.models.data.knob import Knob  # noqa: E402
from tonecast.models.families.causal import CausalNetwork, split_conditions  # noqa: E402
from tonecast.models.families.causal_family import CausalFamily  # noqa: E402
from tonecast.models.families.dynamics.family import DynamicsSize  # noqa: E402
from tonecast.models.families.family import WHOLE  # noqa: E402
from tonecast.models.families.recurrent.family import RecurrentSize  # noqa: E402
from tonecast.models.families.registry import find_causal_family, find_frame_family  # noqa: E402
from tonecast.models.families.wavenet.family import (  # noqa: E402
    ConvNetSize,
    LinearSize,
    WaveNetSize,
)
from tonecast.models.families.weights import read_model  # noqa: E402
from tonecast.models.losses import esr  # noqa: E402
from tonecast.plugin_core import _engine  # noqa: E402
from tonecast.plugin_core.effect_files.contract import Contract, Provenance  # noqa: E402
from tonecast.plugin_core.effect_files.loading import load_model  # noqa: E402

RATE_HZ = 48000
SIZES: dict[str, tuple[str, Any]] = {
    "wavenet": ("wavenet", WaveNetSize(channels=4, dilations=(1, 3, 7))),
    "gated wavenet": (
        "wavenet",
        WaveNetSize(
            channels=4,
            kernel_size=3,
            dilations=(1, 2, 4),
            activation="Tanh",
            gated=True,
            head_kernel_size=1,
        ),
    ),
    "convnet": ("convnet", ConvNetSize(channels=4, dilations=(1, 2, 4))),
    "linear": ("linear", LinearSize(receptive_field=32)),
    "lstm": ("recurrent", RecurrentSize(hidden_size=8, layers=2, skip=False, prewarm_samples=512)),
    "gru": ("recurrent", RecurrentSize(cell="gru", hidden_size=8, prewarm_samples=512)),
    "wavenet with knobs": (
        "wavenet",
        WaveNetSize(channels=4, dilations=(1, 3, 7), conditions=2),
    ),
    "lstm with a knob": ("recurrent", RecurrentSize(hidden_size=8, conditions=1)),
    "compressor": ("dynamics", DynamicsSize(taps=4)),
    "gate": ("dynamics", DynamicsSize(taps=1, paths=1, reduces="below")),
}
KNOBS = (Knob("drive_db", -10, 30).control(), Knob("tone", 1, 3).control())
SOUND = np.random.default_rng(5).uniform(-0.5, 0.5, (4, 600)).astype(np.float32)


def family_and_size(name: str) -> tuple[CausalFamily[Any], Any]:
    family, size = SIZES[name]
    return find_causal_family(family), size


def trained(name: str, steps: int) -> tuple[CausalNetwork, list[float]]:
    """What it has become, and the ESR of every step."""
    family, size = family_and_size(name)
    torch.manual_seed(6)
    model = family.build(size).train()
    sound = torch.from_numpy(SOUND)
    target = torch.tanh(4 * (0.7 * sound + 0.3 * sound.roll(1, dims=1)))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for _ in range(steps):
        played = play(model, sound)
        loss = esr(played[:, 100:], target[:, 100:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model.eval(), losses


def play(model: CausalNetwork, sound: torch.Tensor) -> torch.Tensor:
    """With its knobs in the middle."""
    middle = torch.full((len(sound), model.conditions), 0.5)
    played: torch.Tensor = (
        find_causal_family(model.architecture).training_modes()[WHOLE].run(model, sound, middle)
    )
    return played


def contract_of(family: CausalFamily[Any], size: Any, prewarm_samples: int) -> Contract:
    return Contract(
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
        architecture=family.architecture(size),
        form="causal",
        prewarm_samples=prewarm_samples,
        controls=KNOBS[: getattr(size, "conditions", 0)],
    )


@pytest.mark.parametrize("name", SIZES)
def test_trained_exported_played_and_read_back(name: str, tmp_path: Path) -> None:
    model, losses = trained(name, steps=120)
    assert losses[-1] < 0.5 * losses[0]

    family, size = family_and_size(name)
    path = tmp_path / "made.onnx"
    contract = contract_of(family, size, model.prewarm_samples)
    contract = export_effect(family.graph(model, contract.controls), {}, contract, path)
    assert contract.parity.largest_difference < 1e-5
    assert contract.architecture == family.architecture(size)
    assert tonecast.verify(path).passed
    assert load_model(path).played_by.backend != "onnxruntime"  # there is a kernel

    again = read_model(path, torch.nn.Module)
    assert isinstance(again, type(model))
    assert np.array_equal(again.flat(), model.flat())
    with torch.no_grad():
        expected = play(again, torch.from_numpy(SOUND)).numpy()
    assert np.abs(tonecast.Effect(path)(SOUND, RATE_HZ) - expected).max() < 1e-5


@pytest.mark.parametrize("name", SIZES)
def test_states_are_those_of_the_model(name: str) -> None:
    family, size = family_and_size(name)
    shapes = family.state_shapes(size)
    states = family.build(size).reset_states(2)
    assert [("channels", *state.shape[1:]) for state in states] == list(shapes.values())


@pytest.mark.parametrize("name", ["wavenet", "gated wavenet", "convnet", "linear", "lstm"])
def test_shapes_are_spelled_as_those_of_captures(name: str, tmp_path: Path) -> None:
    family, size = family_and_size(name)
    path = tmp_path / "made.nam"
    path.write_text(json.dumps(nam_document(family.build(size))))
    found = json.loads(_engine.Capture(path).network_json)
    found.pop("prewarm_samples", None)  # is not the file's to say
    assert found == {n: v for n, v in size.network().items() if n != "prewarm_samples"}


@pytest.mark.parametrize(
    ("size_type", "wrong"),
    [
        (WaveNetSize, {"channels": 0}),
        (WaveNetSize, {"dilations": ()}),
        (WaveNetSize, {"conditions": 17}),
        (ConvNetSize, {"dilations": (1, 0)}),
        (ConvNetSize, {"dilations": ()}),
        (LinearSize, {"receptive_field": 0}),
        (RecurrentSize, {"layers": 0}),
        (RecurrentSize, {"conditions": -1}),
        (RecurrentSize, {"prewarm_samples": -1}),
        (DynamicsSize, {"taps": 0}),
        (DynamicsSize, {"paths": 9}),
        (DynamicsSize, {"reduces": "all"}),
    ],
)
def test_impossible_sizes_are_refused(size_type: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needs|must be"):
        size_type(**wrong)


def test_frames_and_causal_models_are_told_apart() -> None:
    with pytest.raises(tonecast.Error, match="a cae plays frames"):
        find_causal_family("cae")
    with pytest.raises(tonecast.Error, match="a wavenet is causal and has no frames"):
        find_frame_family("wavenet")


@pytest.mark.parametrize("name", ["wavenet with knobs", "lstm with a knob"])
@pytest.mark.parametrize("backend", ["auto", "onnxruntime"])
def test_knobs_are_heard_in_their_own_units(name: str, backend: Any, tmp_path: Path) -> None:
    model, _ = trained(name, steps=1)
    family, size = family_and_size(name)
    path = tmp_path / "made.onnx"
    contract = contract_of(family, size, model.prewarm_samples)
    export_effect(family.graph(model, contract.controls), {}, contract, path)
    sound = SOUND[:1]
    effect = tonecast.Effect(path, drive_db=20, backend=backend)  # at ¾ of its range
    places = torch.full((1, model.conditions), 0.5)
    places[:, 0] = 0.75
    with torch.no_grad():
        wanted, _ = model(torch.from_numpy(sound), split_conditions(places), model.rested_states(1))
        unlike = play(model, torch.from_numpy(sound)).numpy()
    found = effect(sound, RATE_HZ)
    assert np.abs(found - wanted.numpy()).max() < 1e-5
    assert np.abs(found - unlike).max() > 1e-4
