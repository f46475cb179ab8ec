"""Where a stream is not the whole, the layer that does it is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tonecast

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

import whole_nets as nets  # noqa: E402
from tonecast.export.streaming.diagnosis import Case, different_layer  # noqa: E402
from tonecast.export.streaming.refusal import located  # noqa: E402
from tonecast.export.streaming.rules.registry import RULES  # noqa: E402
from tonecast.export.streaming.trace import trace  # noqa: E402
from tonecast.export.streaming.values import Stream  # noqa: E402
from torch import Tensor, nn  # noqa: E402

FRAME_SAMPLES = 64
FIRST = 1000  # where the outputs differ, at the latest


class Chain(nn.Module):
    """Layers of several kinds, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Conv1d(1, 4, 3, padding=2)
        self.body = nn.ModuleDict(
            {"pool": nn.AvgPool1d(2), "cells": nn.GRU(4, 5, batch_first=True)}
        )
        self.up = nn.ConvTranspose1d(5, 1, 2, stride=2)

    def forward(self, x: Tensor, drive: Tensor) -> Tensor:
        y = self.lift(x)[..., : x.shape[-1]]
        y = torch.softmax(y, dim=1)
        z, _ = self.body["cells"](self.body["pool"](y).transpose(1, 2))
        z = self.up(z.transpose(1, 2))
        return z * drive[:, :, None] + x.cumsum(-1) * 0


def named(module: nn.Module, **knobs: float) -> str:
    torch.manual_seed(1)
    module = module.eval()
    traced = trace(module, knobs)
    sounds = np.random.default_rng(1).uniform(-0.3, 0.3, (1, 1, 70_000)).astype(np.float32)
    found = different_layer(module, traced, Case(sounds, knobs, 0, FIRST), FRAME_SAMPLES)
    return "" if found is None else str(located(*found))


def made_wrong(
    monkeypatch: pytest.MonkeyPatch, operator: str, wrong: Callable[[Any, Stream], Any]
) -> None:
    """Let a rule give something else: the conversion has no fault that is known."""
    right = RULES[operator]

    def rule(frame: Any, node: Any, *args: Any, **options: Any) -> Any:
        value = right(frame, node, *args, **options)
        return (
            [wrong(frame, value[0]), *value[1:]] if isinstance(value, list) else wrong(frame, value)
        )

    monkeypatch.setitem(RULES, operator, rule)


def louder(frame: Any, stream: Stream) -> Stream:
    return stream.changed(frame.call(torch.mul, stream.node, 1.01), stream.shape)


def a_sample_late(frame: Any, stream: Stream) -> Stream:
    """Without saying so."""
    late = frame.delayed(stream, 1)
    return late.changed(late.node, late.shape, delay=stream.delay)


WRONG: Mapping[str, tuple[str, Callable[[Any, Stream], Any], str]] = {
    "a convolution that is late": (
        "aten.conv1d",
        a_sample_late,
        r"^lift \(Conv1d\) at .*self.lift\(x\)",
    ),
    "a pool that is louder": (
        "aten.avg_pool1d",
        louder,
        r"^body.pool \(AvgPool1d\) at .*\"pool\"\]\(y\)",
    ),
    "a softmax": ("aten.softmax", louder, r"^Chain at .*torch.softmax\(y, dim=1\)"),
    "cells": ("tonecast.recurrence", louder, r"^body.cells \(GRU\) at test_diagnosis.py"),
}


@pytest.mark.parametrize("case", WRONG)
def test_first_layer_that_gives_something_else_is_named(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator, wrong, place = WRONG[case]
    made_wrong(monkeypatch, operator, wrong)
    assert re.search(place, found := named(Chain(), drive=0.5)), found
    assert "a fault of the conversion" in found


class ByLength(nn.Module):
    """A layer of it depends on how much sound it gets at once."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 3, padding=2)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)[..., : x.shape[-1]]
        y = y * (1e5 / y.shape[-1])
        return torch.tanh(y)


def test_layer_that_depends_on_the_length_is_named() -> None:
    found = named(ByLength())
    assert "test_diagnosis.py" in found
    assert "y * (1e5 / y.shape[-1])" in found
    assert "take no number from its length" in found


RIGHT: Mapping[str, tuple[Callable[[], nn.Module], Mapping[str, float]]] = {
    "layers of all kinds": (Chain, {"drive": 0.5}),
    "padded in front": (nets.Film, {"tone": 0.3}),
    "looking ahead": (nets.Ahead, {}),
    "strides": (nets.Pyramid, {}),
}


@pytest.mark.parametrize("case", RIGHT)
def test_no_layer_of_a_net_that_is_played_right_is_named(case: str) -> None:
    make, knobs = RIGHT[case]
    assert named(make(), **knobs) == ""


def test_refusal_names_sample_layer_and_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made_wrong(monkeypatch, "aten.prelu", louder)
    module = nn.Sequential(nn.Conv1d(1, 1, 1), nn.PReLU())
    with pytest.raises(
        tonecast.Error,
        match=r"^1 \(PReLU\): .* from sample 0 on, by up to .*; it is played by frames otherwise",
    ):
        tonecast.export(module, tmp_path / "wrong.onnx", quiet=True, frame=64)
    assert not (tmp_path / "wrong.onnx").exists()
