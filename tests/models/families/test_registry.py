"""A model family from outside of the package: registered, trained, exported and played."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import tonecast

torch = pytest.importorskip("torch", reason="families need PyTorch: pip install 'tonecast[train]'")
onnx = pytest.importorskip("onnx", reason="exports need onnx")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

from tonecast.export.effect import METADATA_KEY  # noqa: E402
from tonecast.export.to_onnx import StateShapes  # noqa: E402
from tonecast.models.data.note import Note  # noqa: E402
from tonecast.models.data.synthetic import synthetic_notes  # noqa: E402
from tonecast.models.families import registry  # noqa: E402
from tonecast.models.families.frame_family import FrameFamily, FrameFormat  # noqa: E402
from tonecast.models.families.registry import find_family, register  # noqa: E402
from tonecast.models.families.weights import read_model  # noqa: E402
from tonecast.models.losses import esr  # noqa: E402
from tonecast.models.release.checkpoint import export_checkpoint  # noqa: E402
from tonecast.models.training import checkpoint  # noqa: E402
from tonecast.models.training.config import Config  # noqa: E402
from tonecast.models.training.loop import Trainer  # noqa: E402
from tonecast.models.training.session import examples  # noqa: E402
from tonecast.plugin_core.effect_files.contract import Architecture  # noqa: E402
from tonecast.plugin_core.effect_files.loading import load_model  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional  # noqa: E402

RATE_HZ = 8000


@dataclass(frozen=True)
class TapsSize:
    frame: int = 256
    taps: int = 4


class Taps(nn.Module):
    """A causal filter that is silent at first."""

    def __init__(self, size: TapsSize) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 1, size.taps, bias=False)
        nn.init.zeros_(self.conv.weight)

    def forward(self, sound: Tensor) -> Tensor:
        past = self.conv.kernel_size[0] - 1
        out: Tensor = self.conv(functional.pad(sound[:, None], (past, 0)))[:, 0]
        return out


class TapsGraph(nn.Module):
    """The filter frame by frame: its past is a state."""

    def __init__(self, model: Taps) -> None:
        super().__init__()
        self.conv = model.conv

    def forward(self, frame: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        sound = torch.cat([past, frame], dim=1)
        return self.conv(sound[:, None])[:, 0], sound[:, frame.shape[1] :]


class TapsFamily(FrameFamily[TapsSize, Taps]):
    name = "toy-taps"
    size_type = TapsSize

    def build(self, size: TapsSize) -> Taps:
        return Taps(size)

    def frame_format(self, size: TapsSize) -> FrameFormat:
        return FrameFormat(size.frame, size.frame, (size.frame,), "none", "none")

    def graph(self, model: Taps) -> TapsGraph:
        return TapsGraph(model)

    def state_shapes(self, size: TapsSize) -> StateShapes:
        return {"past": ("channels", size.taps - 1)}


class ForgetfulFamily(TapsFamily):
    """A graph that plays every frame as if it were the first: its state says nothing."""

    def graph(self, model: Taps) -> TapsGraph:
        class Forgetful(TapsGraph):
            def forward(self, frame: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
                out, past = super().forward(frame, past)
                return out, 0 * past

        return Forgetful(model)


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(registry, "_families", dict(registry._families))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trainer, Path]:
    """A trainer that is done, and the folder of its checkpoint and effect."""
    folder = tmp_path_factory.mktemp("toy")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_families", dict(registry._families))
        register(TapsFamily())
        trainer = trained(folder / "toy.pt")
        export_checkpoint(checkpoint.load(folder / "toy.pt"), folder / "toy.onnx")
    return trainer, folder


def config() -> Config:
    return Config.from_dict(
        {
            "name": "toy",
            "label": "Toy",
            "description": "For tests.",
            "model": "toy-taps",
            "sample_rate_hz": RATE_HZ,
            "data": {"layout": "pairs", "folder": "unread"},
            "size": {"taps": 3},
            "stages": [{"name": "all", "loss": "esr", "steps": 80, "learning_rate": 0.03}],
            "validate_every_steps": 20,
            "validation_frames": 64,
        }
    )


def filtered_notes() -> list[Note]:
    """Notes, and what a filter of three taps makes of them."""
    wanted = np.array([0.6, 0.3, -0.2], np.float32)
    return [
        replace(note, wet=np.convolve(note.dry, wanted)[: len(note.dry)].astype(np.float32))
        for note in synthetic_notes(RATE_HZ, 0.2, seed=1)
    ]


def trained(path: Path) -> Trainer:
    plan, notes = config(), filtered_notes()
    trainer = Trainer(plan, examples(notes[::2], plan), examples(notes[1::2], plan), path)
    trainer.run()
    return trainer


def test_family_from_outside_is_trained_exported_and_played(toy: tuple[Trainer, Path]) -> None:
    register(TapsFamily())
    trainer, folder = toy
    dry, wet, *_ = trainer.validation
    with torch.no_grad():
        untrained = float(esr(TapsFamily().build(TapsSize(taps=3))(dry), wet))
    assert trainer.progress.best_esr < 0.05 * untrained

    path = folder / "toy.onnx"
    effect = tonecast.Effect(path)
    assert effect.contract.architecture == Architecture("toy-taps", {"taps": 3})
    assert effect.contract.hop_sizes_samples == (256,)
    assert effect.contract.analysis_window == effect.contract.synthesis_window == "none"
    assert tonecast.verify(path).passed
    assert load_model(path).played_by.backend == "onnxruntime"

    audio = (0.1 * np.random.default_rng(1).standard_normal((2, 1500))).astype(np.float32)
    with torch.no_grad():
        wanted = checkpoint.load(folder / "toy.pt").model()(torch.from_numpy(audio)).numpy()
        again = read_model(path, Taps)(torch.from_numpy(audio)).numpy()
    np.testing.assert_array_equal(again, wanted)
    np.testing.assert_allclose(effect(audio, RATE_HZ), wanted, atol=1e-6)


def test_stream_that_differs_from_the_whole_is_not_written(tmp_path: Path) -> None:
    register(ForgetfulFamily())
    trained(tmp_path / "toy.pt")
    with pytest.raises(tonecast.Error, match=r"toy.onnx: onnxruntime and PyTorch differ by"):
        export_checkpoint(checkpoint.load(tmp_path / "toy.pt"), tmp_path / "toy.onnx")
    assert not (tmp_path / "toy.onnx").exists()


def test_unknown_architecture_is_refused_and_the_known_ones_named(
    toy: tuple[Trainer, Path],
) -> None:
    known = (
        "there is no model 'toy-taps'; there is cae, cafx, convnet, dynamics, linear, recurrent, "
        "shaper, wavenet"
    )
    with pytest.raises(tonecast.Error, match=f"^{known}$"):
        find_family("toy-taps")
    with pytest.raises(tonecast.Error, match=known):
        config()
    _, folder = toy
    with pytest.raises(tonecast.Error, match=rf"toy\.pt: {known}"):
        checkpoint.load(folder / "toy.pt")
    with pytest.raises(tonecast.Error, match=rf"toy\.onnx: {known}"):
        read_model(folder / "toy.onnx", nn.Module)
    assert load_model(folder / "toy.onnx").played_by.backend == "onnxruntime"  # it plays even so


@pytest.mark.parametrize("sizes", [{"taps": 7}, {"rows": 3}], ids=str)
def test_sizes_of_another_model_are_refused(
    toy: tuple[Trainer, Path], tmp_path: Path, sizes: dict[str, int]
) -> None:
    register(TapsFamily())
    path = toy[1] / "toy.onnx"
    architecture = Architecture("toy-taps", sizes)
    other = replace(tonecast.Effect(path).contract, architecture=architecture).sealed()
    graph = onnx.load(path)
    onnx.helper.set_model_props(graph, {METADATA_KEY: other.to_json()})
    onnx.save(graph, tmp_path / "other.onnx")
    with pytest.raises(tonecast.Error, match="its weights are not those of its architecture"):
        read_model(tmp_path / "other.onnx", Taps)


def test_two_families_cannot_have_one_name() -> None:
    register(TapsFamily())
    with pytest.raises(tonecast.Error, match="two model families named 'toy-taps'"):
        register(TapsFamily())


def test_installed_packages_bring_families(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "toy_pack.py").write_text(
        "from tonecast.models.families.autoencoder.family import CAEFamily\n"
        "class PackFamily(CAEFamily):\n"
        "    name = 'pack'\n"
        "FAMILY = PackFamily()\n"
    )
    info = tmp_path / "toy_pack-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-pack\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[tonecast.model_families]\n"
        "pack = toy_pack:FAMILY\n"
        "gone = toy_pack:NOTHING\n"
        "other = toy_pack:FAMILY\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    family = find_family("pack")
    assert family.name == "pack"
    assert find_family("pack") is family
    with pytest.raises(
        tonecast.Error, match="there is cae, cafx, convnet, dynamics, gone, linear, other, pack"
    ):
        find_family("gru")
    with pytest.raises(tonecast.Error, match=r"'gone' of toy-pack cannot be loaded: .*NOTHING"):
        find_family("gone")
    with pytest.raises(tonecast.Error, match="toy-pack is not a model family named 'other'"):
        find_family("other")
