"""A model that listens becomes a predictor file that gives PyTorch's values, or no file at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tonecast
from tonecast.plugin_core import _engine
from tonecast.plugin_core.effect_files.contract import Contract, PredictorTiming, Provenance
from tonecast.plugin_core.effect_files.loading import load_model

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

from tonecast.export.effect import unmeasured  # noqa: E402
from tonecast.export.predictor import export_predictor  # noqa: E402
from torch import Tensor, nn  # noqa: E402

WINDOW = 800


class Convolved(nn.Module):
    """Needs both channels at once, as a residual network on stereo does."""

    def __init__(self) -> None:
        super().__init__()
        self.left_right = nn.Conv1d(2, 3, 5, dilation=2)
        self.norm = nn.BatchNorm1d(3)
        self.out = nn.Linear(3, 1)

    def forward(self, audio: Tensor) -> Tensor:
        found = torch.relu(self.norm(self.left_right(audio[None])))
        out: Tensor = torch.sigmoid(self.out(found.mean(dim=2)))[0]
        return out


def contract(window_samples: int = WINDOW) -> Contract:
    return Contract(
        kind="predictor",
        name="test-predictor",
        label="Test predictor",
        description="For tests.",
        sample_rate_hz=8_000,
        provenance=Provenance("none", ("GPL-3.0-or-later",), {}, "2026-11-21"),
        parity=unmeasured(),
        predictor=PredictorTiming(window_samples, 0.1, 1.0),
    )


@pytest.fixture(autouse=True)
def _same_weights_every_time() -> None:
    torch.manual_seed(0)


def test_engine_gives_what_pytorch_does(tmp_path: Path) -> None:
    module = Convolved()
    written = export_predictor(module, contract(), tmp_path / "predictor.onnx")
    assert Contract.from_json(written.to_json()) == written
    assert 0 < written.parity.largest_difference <= written.parity.tolerance
    runner = _engine.FrameRunner(load_model(tmp_path / "predictor.onnx"), 2)
    for seed in range(3):
        audio = np.random.default_rng(seed).standard_normal((2, WINDOW)).astype(np.float32)
        with torch.no_grad():
            expected = module(torch.from_numpy(audio)).numpy()
        np.testing.assert_allclose(runner.run(audio, {}), expected, atol=1e-6)


def test_exported_predictor_verifies_and_a_changed_weight_does_not(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    path = tmp_path / "predictor.onnx"
    export_predictor(Convolved(), contract(), path)
    report = tonecast.verify(path)
    assert report.passed
    assert report.signals == 4
    assert report.probes == 16

    model = onnx.load(path)
    bias = next(w for w in model.graph.initializer if w.name == "out.bias")
    bias.CopyFrom(onnx.numpy_helper.from_array(np.float32([0.3]), bias.name))
    path.write_bytes(model.SerializeToString())
    differences = tonecast.verify(path).differences
    assert any("graph" in difference for difference in differences)
    assert any("'noise' differs from PyTorch by" in difference for difference in differences)


def test_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / "one.onnx", tmp_path / "other.onnx"]
    for path in files:
        torch.manual_seed(0)
        export_predictor(Convolved(), contract(), path)
    assert files[0].read_bytes() == files[1].read_bytes()


class Vague(nn.Module):
    """Gives a value for each channel instead of one."""

    def forward(self, audio: Tensor) -> Tensor:
        return audio.abs().mean(dim=1)


class Divided(nn.Module):
    """Gives NaN for silence."""

    def forward(self, audio: Tensor) -> Tensor:
        return (audio[0].mean() / audio.abs().max()).reshape(1)


@pytest.mark.parametrize(
    ("module", "why"), [(Vague(), r'"value" must be \[1\]'), (Divided(), "NaN.*silence")]
)
def test_module_that_is_no_predictor_is_not_written(
    tmp_path: Path, module: nn.Module, why: str
) -> None:
    with pytest.raises(tonecast.Error, match=why):
        export_predictor(module, contract(), tmp_path / "predictor.onnx")
    assert list(tmp_path.iterdir()) == []
