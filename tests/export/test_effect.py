"""Any frame model becomes an effect file that plays as PyTorch does, or no file at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import tonecast
from tonecast.plugin_core import _engine
from tonecast.plugin_core.effect_files.contract import Contract, Control, Provenance
from tonecast.plugin_core.effect_files.loading import load_model

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

from tonecast.export import effect as export  # noqa: E402
from tonecast.export.effect import export_effect, unmeasured  # noqa: E402
from tonecast.export.to_onnx import StateShapes  # noqa: E402
from torch import Tensor, nn  # noqa: E402

FRAME_SIZE = 64
LEVEL = Control("level_db", "Level", "dB", "linear", -60.0, 0.0, -12.0)


class Leveller(nn.Module):
    """Divides each channel by its own smoothed RMS."""

    state: ClassVar[StateShapes] = {"rms": ("channels", 1)}

    def __init__(self) -> None:
        super().__init__()
        self.keep = nn.Parameter(torch.tensor(0.9))

    def forward(self, frame: Tensor, level_db: Tensor, rms: Tensor) -> tuple[Tensor, Tensor]:
        now = torch.sqrt(frame.square().mean(dim=1, keepdim=True))
        rms = self.keep * rms + (1 - self.keep) * now
        return frame * 10 ** (level_db / 20) / (rms + 0.5), rms


class Linked(nn.Module):
    """Ducks all channels by the largest peak among them."""

    state: ClassVar[StateShapes] = {"peak": (1, 1)}

    def forward(self, frame: Tensor, level_db: Tensor, peak: Tensor) -> tuple[Tensor, Tensor]:
        peak = torch.maximum(0.5 * peak, frame.abs().amax(dim=(0, 1), keepdim=True))
        return frame * 10 ** (level_db / 20) * (1 - 0.5 * torch.clamp(peak, max=1.0)), peak


class PerChannel(nn.Module):
    """A convolution that takes channels for a batch, without state or controls."""

    state: ClassVar[StateShapes] = {}

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 9, padding=4)

    def forward(self, frame: Tensor) -> Tensor:
        # Softplus comes as a function of many operators, to be inlined and folded.
        out: Tensor = nn.functional.softplus(self.conv(frame[:, None]))[:, 0]
        return out


def contract(*controls: Control, tolerance: float = 1e-6) -> Contract:
    return Contract(
        kind="effect",
        name="test-effect",
        label="Test effect",
        description="For tests.",
        sample_rate_hz=16_000,
        frame_size_samples=FRAME_SIZE,
        hop_size_samples=FRAME_SIZE // 2,
        hop_sizes_samples=(FRAME_SIZE // 2,),
        analysis_window="sqrt_hann",
        synthesis_window="sqrt_hann",
        controls=controls,
        provenance=Provenance("none", ("GPL-3.0-or-later",), {}, "2026-11-20"),
        parity=unmeasured(tolerance),
    )


@pytest.fixture(autouse=True)
def _same_weights_every_time() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize(
    ("module_class", "controls"), [(Leveller, (LEVEL,)), (Linked, (LEVEL,)), (PerChannel, ())]
)
def test_engine_plays_what_pytorch_does(
    tmp_path: Path, module_class: type[nn.Module], controls: tuple[Control, ...]
) -> None:
    module = module_class()
    path = tmp_path / "effect.onnx"
    export_effect(module, module.state, contract(*controls), path)
    for channels in (1, 2, 5):
        check_frames(module, path, controls, channels)


def check_frames(
    module: nn.Module, path: Path, controls: tuple[Control, ...], channels: int
) -> None:
    runner = _engine.FrameRunner(load_model(path), channels)
    states = [
        torch.zeros([channels if axis == "channels" else axis for axis in shape])
        for shape in module.state.values()
    ]
    rng = np.random.default_rng(1)
    for _ in range(5):
        frame = rng.standard_normal((channels, FRAME_SIZE)).astype(np.float32)
        values = {control.name: float(rng.uniform(-20, 0)) for control in controls}
        with torch.no_grad():
            result = module(torch.tensor(frame), *map(torch.tensor, values.values()), *states)
        expected, *states = result if states else (result,)
        np.testing.assert_allclose(runner.run(frame, values), expected.numpy(), atol=1e-6)


def test_file_says_what_was_promised_and_measured(tmp_path: Path) -> None:
    path = tmp_path / "effect.onnx"
    promised = contract(LEVEL)
    written = export_effect(Leveller(), Leveller.state, promised, path)
    assert Contract.from_json(_engine.EffectFile(str(path)).contract_json) == written
    assert replace(written, parity=promised.parity) == promised
    assert 0 < written.parity.largest_difference <= 1e-6
    report = tonecast.verify(path)
    assert report.passed
    assert report.signals == len(written.parity.signals) > 4
    assert report.probes > 32 * report.signals


def test_every_end_of_every_control_is_tested(tmp_path: Path) -> None:
    written = export_effect(Leveller(), Leveller.state, contract(LEVEL), tmp_path / "effect.onnx")
    tested = {signal.controls["level_db"] for signal in written.parity.signals}
    assert tested == {-60.0, -12.0, 0.0}


def test_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / "one.onnx", tmp_path / "other.onnx"]
    for path in files:
        torch.manual_seed(0)
        export_effect(PerChannel(), PerChannel.state, contract(), path)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_exported_file_tells_nothing_of_where_it_was_made(tmp_path: Path) -> None:
    """PyTorch's exporter writes stack traces, with paths of the machine that exported."""
    path = tmp_path / "effect.onnx"
    export_effect(PerChannel(), PerChannel.state, contract(), path)
    content = path.read_bytes()
    for trace in (b".py", b"stack_trace", b"torch", b"PerChannel", str(tmp_path).encode()):
        assert trace not in content


def test_small_constants_survive(tmp_path: Path) -> None:
    """An optimizer that takes 1e-14 for zero turns silence into NaN."""

    class Logarithm(nn.Module):
        def forward(self, frame: Tensor) -> Tensor:
            return torch.log10(frame.square() + 1e-14) / 100

    path = tmp_path / "effect.onnx"
    export_effect(Logarithm(), {}, contract(), path)
    silence = np.zeros((1, FRAME_SIZE), dtype=np.float32)
    out = _engine.FrameRunner(load_model(path), 1).run(silence, {})
    np.testing.assert_allclose(out, -0.14, atol=1e-6)


def test_handed_through_tensors_keep_their_names(tmp_path: Path) -> None:
    class Through(nn.Module):
        def forward(self, frame: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
            return frame, memory

    path = tmp_path / "effect.onnx"
    export_effect(Through(), {"memory": ("channels", 3)}, contract(), path)
    frame = np.ones((2, FRAME_SIZE), dtype=np.float32)
    np.testing.assert_array_equal(_engine.FrameRunner(load_model(path), 2).run(frame, {}), frame)


def test_control_that_the_model_ignores_stays_a_control(tmp_path: Path) -> None:
    class Deaf(nn.Module):
        def forward(self, frame: Tensor, level_db: Tensor) -> Tensor:
            return 0.5 * frame

    export_effect(Deaf(), {}, contract(LEVEL), tmp_path / "effect.onnx")
    assert tonecast.verify(tmp_path / "effect.onnx").passed


class Random(nn.Module):
    """Uses an operator that no effect may use."""

    def forward(self, frame: Tensor) -> Tensor:
        return frame + 0.01 * torch.rand_like(frame)


class OtherThanExported(nn.Module):
    """Exported as something else than it is."""

    def forward(self, frame: Tensor) -> Tensor:
        return frame if torch.compiler.is_compiling() else 1.01 * frame


class Silenced(nn.Module):
    """Divides by the level of the frame, so silence makes NaN, in PyTorch as in the engine."""

    def forward(self, frame: Tensor) -> Tensor:
        return 0.1 * frame / frame.square().mean(dim=1, keepdim=True).sqrt()


@pytest.mark.parametrize("before", [None, b"an older export"])
@pytest.mark.parametrize(
    ("module", "why"),
    [
        (Random(), "Random"),
        (OtherThanExported(), "differ by 0.00999"),
        (Silenced(), "NaN.*silence"),
    ],
)
def test_failed_export_changes_nothing(
    tmp_path: Path, module: nn.Module, why: str, before: bytes | None
) -> None:
    path = tmp_path / "effect.onnx"
    if before:
        path.write_bytes(before)
    with pytest.raises(tonecast.Error, match=why):
        export_effect(module, {}, contract(), path)
    assert list(tmp_path.iterdir()) == ([path] if before else [])
    assert not before or path.read_bytes() == before


def test_interrupted_export_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        assert list(tmp_path.iterdir()), "nothing was under way yet"
        raise KeyboardInterrupt

    monkeypatch.setattr(export, "measure", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export_effect(PerChannel(), PerChannel.state, contract(), tmp_path / "effect.onnx")
    assert list(tmp_path.iterdir()) == []


def test_parameters_out_of_order_are_refused(tmp_path: Path) -> None:
    """Two controls swapped would play, and each knob would turn the other."""
    with pytest.raises(ValueError, match="level_db"):
        export_effect(Leveller(), Leveller.state, contract(), tmp_path / "effect.onnx")
