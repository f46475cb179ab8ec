"""Trained models as effect files: the same sound, fast enough, on an engine without PyTorch."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tonecast
from papers import PAPERS

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

from tonecast.models.families.autoencoder.cae import CAE, AutoencoderSize  # noqa: E402
from tonecast.models.families.autoencoder.cafx import CAFx  # noqa: E402
from tonecast.models.families.autoencoder.family import CAEFamily  # noqa: E402
from tonecast.models.families.autoencoder.graph import CAEGraph  # noqa: E402
from tonecast.models.families.weights import read_model  # noqa: E402
from tonecast.models.offline import cola_gain, periodic_hann  # noqa: E402
from tonecast.models.release.checkpoint import differences, export_checkpoint  # noqa: E402
from tonecast.models.training.checkpoint import Checkpoint  # noqa: E402
from tonecast.models.training.config import Config, Data, Stage  # noqa: E402
from tonecast.plugin_core.effect_files.contract import Capture  # noqa: E402

SMALL = AutoencoderSize(frame=256, filters=16, filter_taps=32, smoothing_taps=64, pool=16)


def disturbed(model: CAE) -> CAE:
    """As if trained: no two rows alike, curves that are no straight lines."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=generator))
    return model.eval()


def trained(kind: str) -> Checkpoint:
    config = Config(
        name=f"test-{kind}",
        label="Test",
        description="For tests.",
        model="cae" if kind == "cae" else "cafx",
        sample_rate_hz=16_000,
        target="low-shelf",
        data=Data("synthetic"),
        size=SMALL,
        stages=(Stage("a", "esr", 1),),
    )
    model = disturbed((CAE if kind == "cae" else CAFx)(SMALL))
    return Checkpoint(config, model.state_dict(), {"best_esr": 0.25})


@pytest.mark.parametrize("model_class", [CAE, CAFx])
def test_rewrites_are_exact(model_class: type[CAE]) -> None:
    """In double precision nothing is a near-tie, and nothing may differ."""
    model = disturbed(model_class(SMALL)).double()
    frames = 0.5 * torch.randn(20, SMALL.frame, generator=torch.Generator().manual_seed(2))
    frames = (frames * periodic_hann(SMALL.frame)).double()
    with torch.no_grad():
        torch.testing.assert_close(CAEGraph(model)(frames), model(frames), rtol=0, atol=1e-10)


@pytest.mark.parametrize("kind", ["cae", "cafx"])
def test_engine_plays_what_was_trained(tmp_path: Path, kind: str) -> None:
    found = trained(kind)
    path = tmp_path / "effect.onnx"
    contract = export_checkpoint(found, path)
    assert tonecast.verify(path).passed
    assert contract.provenance.losses == {"validation_esr": 0.25}
    assert contract.architecture is not None
    assert contract.architecture.name == kind
    assert contract.architecture.sizes["filters"] == SMALL.filters
    assert contract.hop_sizes_samples == (16, 32, 64, 128)
    assert contract.capture is None
    frames = differences(found.model(), path)
    assert frames.median < 1e-5
    assert frames.esr < 1e-4

    # Windowed once, on the way in: overlap-add with the COLA gain and no further window.
    audio = (0.1 * np.random.default_rng(1).standard_normal((2, 4000))).astype(np.float32)
    window = periodic_hann(SMALL.frame)
    for hop in contract.hop_sizes_samples:
        played = tonecast.Effect(path, hop_size_samples=hop)(audio, 16_000)
        padded = torch.from_numpy(np.pad(audio, ((0, 0), (SMALL.frame - hop, 2 * SMALL.frame))))
        wanted = torch.zeros_like(padded)
        gain = cola_gain(window, torch.ones(SMALL.frame), hop)
        with torch.no_grad():
            for start in range(0, padded.shape[1] - SMALL.frame + 1, hop):
                span = slice(start, start + SMALL.frame)
                wanted[:, span] += found.model()(padded[:, span] * window) * gain
        error = played - wanted[:, SMALL.frame - hop :][:, : audio.shape[1]].numpy()
        assert np.median(np.abs(error)) < 1e-5, hop
        assert np.square(error).sum() / np.square(played).sum() < 1e-4, hop


def test_file_that_differs_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "effect.onnx"
    path.write_bytes(b"was there")
    found = trained("cae")
    model = CAE(SMALL)
    model.load_state_dict(found.best)
    wrong = CAEGraph(model)
    with torch.no_grad():
        wrong.filters.mul_(1.001)
    monkeypatch.setattr(CAEFamily, "graph", lambda self, model: wrong)
    with pytest.raises(ValueError, match=r"effect.onnx: onnxruntime and PyTorch differ by .*not"):
        export_checkpoint(found, path)
    assert path.read_bytes() == b"was there"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["cae", "cafx"])
def test_weights_come_back_out_of_the_file(tmp_path: Path, kind: str) -> None:
    """An untrained model, whose biases are all alike: none of them may stand in for another."""
    path = tmp_path / "effect.onnx"
    found = trained(kind)
    if kind == "cae":
        found = replace(found, best=CAE(SMALL).state_dict())
    export_checkpoint(found, path)
    model = read_model(path, CAE)
    assert type(model) is type(found.model())
    assert model.size == SMALL
    for (name, one), other in zip(
        model.state_dict().items(), found.model().state_dict().values(), strict=True
    ):
        atol = 2e-6 if name.startswith("curves") else 0  # stored as parabolas around zero
        torch.testing.assert_close(one, other, rtol=0, atol=atol, msg=name)


def test_weights_of_other_effects_are_refused() -> None:
    with pytest.raises(tonecast.Error, match=r"resonance-eq.*names no architecture"):
        read_model(tonecast.Effect("resonance-eq").entry.files[48_000], CAE)
    with pytest.raises(tonecast.Error, match=r"eq-lowshelf.*it holds a CAE, not a CAFx"):
        read_model(PAPERS["eq-lowshelf"], CAFx)


def test_levels_of_a_captured_device_are_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "effect.onnx"
    export_checkpoint(trained("cae"), path, Capture(input_level_dbu=12.2, output_level_dbu=-3.5))
    capture = tonecast.Effect(path).contract.capture
    assert capture is not None
    assert (capture.input_level_dbu, capture.output_level_dbu) == (12.2, -3.5)
