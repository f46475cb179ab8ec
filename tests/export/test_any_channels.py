"""Graphs for any number of channels, made with many: whatever counts them, counts right."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")

import onnxruntime  # noqa: E402
from tonecast.export.to_onnx import causal_to_onnx  # noqa: E402
from torch import Tensor, nn  # noqa: E402

SAMPLES = 8


class Sized(nn.Module):
    def __init__(self, play: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.play = play

    def forward(self, block: Tensor) -> tuple[Tensor]:
        return (self.play(block),)

    def weights(self) -> dict[str, Tensor]:
        return {}

    def state_shapes(self) -> dict[str, list[int]]:
        return {}

    def initial_states(self) -> dict[str, Tensor]:
        return {}

    def rested_states(self, channels: int) -> list[Tensor]:
        return []


PLAYS: dict[str, Callable[[Tensor], Tensor]] = {
    "each by itself": lambda x: torch.tanh(x) * 2,
    "in one row": lambda x: torch.tanh(x.reshape(1, -1)).reshape(x.shape),
    "by their places": lambda x: x * torch.arange(x.shape[0])[:, None],
    "by their number": lambda x: x / x.shape[0],
    "by their share": lambda x: x * (1 / x.shape[0]),
    "beside ones": lambda x: torch.cat([x, torch.ones(x.shape[0], 1)], 1)[:, :SAMPLES],
    "less their mean": lambda x: x - x.mean(0, keepdim=True),
}


@pytest.mark.parametrize("how", PLAYS)
def test_graph_plays_any_number_of_channels(how: str) -> None:
    module = Sized(PLAYS[how])
    graph = causal_to_onnx(module, SAMPLES, {}).SerializeToString()
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    for channels in (1, 2, 5):
        block = np.random.default_rng(channels).standard_normal((channels, SAMPLES), np.float32)
        (played,) = session.run(None, {"block": block})
        (expected,) = module(torch.from_numpy(block))
        np.testing.assert_allclose(played, expected, rtol=1e-6, atol=1e-6)
