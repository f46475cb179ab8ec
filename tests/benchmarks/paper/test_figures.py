"""The papers' figures: one command shows all of an effect that was trained."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tonecast
from papers import PAPERS

pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
onnx = pytest.importorskip("onnx", reason="exports need onnx")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

from PIL import Image  # noqa: E402
from tonecast.benchmarks.paper import figures  # noqa: E402
from tonecast.benchmarks.paper.model_plots import by_centre  # noqa: E402
from tonecast.benchmarks.paper.signals import TrainedEffect, look_inside, play  # noqa: E402
from tonecast.export.effect import METADATA_KEY  # noqa: E402
from tonecast.models.families.autoencoder.cae import AutoencoderSize  # noqa: E402
from tonecast.models.families.autoencoder.family import CAFX_FAMILY  # noqa: E402
from tonecast.models.release.checkpoint import export_model  # noqa: E402

SMALL = AutoencoderSize(frame=256, filters=16, filter_taps=32, smoothing_taps=64, pool=16)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two settings of an untrained overdrive."""
    folder = tmp_path_factory.mktemp("effects")
    contract = replace(
        tonecast.Effect(PAPERS["eq-lowshelf"]).contract,
        frame_size_samples=SMALL.frame,
        hop_size_samples=SMALL.frame // 2,
        hop_sizes_samples=(SMALL.frame // 2,),
        trained_level=None,
    )
    paths = [folder / "overdrive-16k.onnx", folder / "overdrive-1.onnx"]
    architecture = CAFX_FAMILY.architecture(SMALL)
    contract = replace(contract, name="overdrive-16k", label="Overdrive", architecture=architecture)
    contract = export_model(CAFX_FAMILY.build(SMALL).eval(), contract, paths[0])
    graph = onnx.load(paths[0])
    other = replace(contract, name="overdrive-1").sealed()
    onnx.helper.set_model_props(graph, {METADATA_KEY: other.to_json()})
    onnx.save(graph, paths[1])
    return paths


@pytest.mark.slow
def test_page_shows_every_picture_that_was_drawn(
    settings: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # no recordings here
    page = tmp_path / figures.PAGE
    page.write_text("old head\n\n<!-- zither -->\nstays\n")
    assert figures.main([os.fspath(path) for path in settings], tmp_path) == page
    text = page.read_text()
    assert "old head" not in text
    assert text.endswith("<!-- zither -->\nstays\n")
    assert text.count("<!-- overdrive") == 1
    assert "synthesized" in text

    pictures = sorted(tmp_path.rglob("*.png"))
    parts = ["filters", "inside", "spectrograms", "waveshaping"]
    assert [path.stem for path in pictures] == [f"overdrive-{part}" for part in parts]
    for path in pictures:
        assert f"]({path.relative_to(tmp_path)})" in text
        assert path.stat().st_size < 200_000
        pixels = np.asarray(Image.open(path).convert("L"))
        assert pixels.shape[1] > 700
        assert pixels.std() > 10


def test_pictures_show_what_the_model_does(
    settings: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signals inside belong together; filters are in the order of their frequencies."""
    monkeypatch.chdir(tmp_path)
    subject = TrainedEffect.read(settings[0])
    take = play(subject)
    inside = look_inside(subject.model, take)
    gated, gate, x1 = inside.gated, inside.gate, inside.x1
    kept = gated != 0
    assert (kept.reshape(SMALL.filters, SMALL.latent, SMALL.pool).sum(axis=2) <= 1).all()
    np.testing.assert_allclose(gated[kept], (x1 * gate.repeat(SMALL.pool, axis=1))[kept], rtol=1e-5)
    frame_power = np.square(inside.dry).sum()
    assert frame_power > 0.1 * np.square(take.dry).sum() * SMALL.frame / len(take.dry)

    order, centres_hz = by_centre(subject.model, 16_000)
    # The first filters are cosines, then sines, at odd multiples of a sixteenth of 8 kHz.
    assert sorted(order[:2]) == [0, SMALL.filters // 2]
    assert centres_hz[order[-1]] == pytest.approx(7500, rel=0.05)


def test_effect_without_a_config_is_refused(tmp_path: Path) -> None:
    with pytest.raises(tonecast.Error, match=r"models/configs/papers has no resonance-eq\.toml"):
        figures.main(["resonance-eq"], tmp_path)
    assert not (tmp_path / figures.PAGE).exists()
