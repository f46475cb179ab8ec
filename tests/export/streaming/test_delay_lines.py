"""Long pasts are not copied every frame, and that changes no bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")

import onnx  # noqa: E402
import onnxruntime  # noqa: E402
import tonecast  # noqa: E402
from tonecast.plugin_core import _engine  # noqa: E402
from tonecast.plugin_core.effect_files.loading import load_model  # noqa: E402
from tonecast.plugin_core.samples import Samples  # noqa: E402
from torch import Tensor, nn  # noqa: E402

FRAME = 32


class Dilated(nn.Module):
    """A layer that remembers little, two that remember long, one of them with a late way around.

    Padded once in front of all, so that silence leaves something in every state.
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv1d(1, 4, 3, dilation=5)
        self.second = nn.Conv1d(4, 4, 3, dilation=50, groups=2)
        self.third = nn.Conv1d(4, 4, 4, dilation=FRAME + 1, padding="same")
        self.out = nn.Conv1d(4, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.tanh(self.first(nn.functional.pad(x, (110, 0))))
        y = torch.tanh(self.second(y))
        out: Tensor = self.out(y + self.third(y))
        return out


@pytest.fixture(scope="module")
def dilated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(1)
    path: Path = tmp_path_factory.mktemp("delay-lines") / "dilated.onnx"
    tonecast.export(Dilated(), path, frame=FRAME, quiet=True)
    return path


def played_with_whole_states(path: Path, blocks: Samples, prewarm: int) -> Samples:
    """The graph as it stands, by ONNX Runtime: [blocks, channels, n] to the same."""
    graph = onnx.load(path).graph
    initial = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
    states = {}
    for given in session.get_inputs():
        if given.name.startswith("state."):
            state = np.zeros((blocks.shape[1], *given.shape[1:]), np.float32)
            states[given.name] = state + initial.get(f"{given.name}.initial", np.float32(0))
    names = [f"{name}.next" for name in states]
    silence = np.zeros((-(-prewarm // FRAME), *blocks.shape[1:]), np.float32)
    played = []
    for block in np.concatenate([silence, blocks]):
        out, *nexts = session.run(["block_out", *names], {"block": block, **states})
        states = dict(zip(states, nexts, strict=True))
        played.append(out)
    return np.stack(played[len(silence) :])


def test_exported_convolutions_are_given_the_windows_that_they_read(dilated: Path) -> None:
    graph = onnx.load(dilated).graph
    states = (one for one in graph.input if one.name.startswith("state."))
    elements = {one.name: one.type.tensor_type.shape.dim[-1].dim_value for one in states}
    lines = _engine.testing.delay_lines(str(dilated))
    assert {elements[name]: delays for name, delays in lines.items()} == {
        100: [100, 50],
        99: [99, 66, 33],
        FRAME + 18: [FRAME + 18],
    }
    kept_whole = sorted(size for name, size in elements.items() if name not in lines)
    assert kept_whole == [1, 10]  # how much has been played, and the first layer's past


@pytest.mark.parametrize("channels", [1, 3])
def test_delay_lines_play_the_bits_that_whole_states_play(dilated: Path, channels: int) -> None:
    model = load_model(dilated)
    random = np.random.default_rng(1)
    blocks = random.uniform(-0.5, 0.5, (30, channels, FRAME)).astype(np.float32)
    prewarm = tonecast.Effect(dilated).contract.prewarm_samples
    expected = played_with_whole_states(dilated, blocks, prewarm)
    runner = _engine.FrameRunner(model, channels)
    played = np.stack([runner.run(block, {}) for block in blocks])
    np.testing.assert_array_equal(played, expected)
    runner.reset()
    again = np.stack([runner.run(block, {}) for block in blocks])
    np.testing.assert_array_equal(again, expected)
