"""Configs without stages: a filter in closed form, dynamics by their few numbers."""

from pathlib import Path

import numpy as np
import pytest
import tonecast
from tonecast import models
from tonecast.models.capture.fitted import fit
from tonecast.models.data.pair.baselines import esr_db
from tonecast.models.release.checkpoint import export_checkpoint
from tonecast.models.targets import TARGETS
from tonecast.models.training import checkpoint
from tonecast.models.training.config import Config, read_config

CONFIGS = Path(models.__path__[0]) / "configs"
FILTERS = ("amp-eq", "highpass", "low-shelf", "lowpass", "peak")
RATE_HZ = 48_000


def small(**changed: object) -> Config:
    values: dict[str, object] = {
        "name": "small",
        "label": "Small",
        "description": "For tests.",
        "model": "linear",
        "size": {"receptive_field": 64},
        "sample_rate_hz": 8000,
        "target": "highpass-12db",
        "data": {"layout": "noise", "longest_s": 0.25},
    }
    return Config.from_dict({**values, **changed})


@pytest.mark.parametrize("name", FILTERS)
def test_shipped_filters_are_their_targets_at_any_level(name: str) -> None:
    """Noise has all frequencies: an ESR of notes would say nothing of what they leave out."""
    target = TARGETS[read_config(CONFIGS / f"{name}.toml").target]
    noise = np.random.default_rng(7).uniform(-0.5, 0.5, RATE_HZ).astype(np.float32)
    for gain in (0.01, 1.0, 4.0):
        dry = np.float32(gain) * noise
        wanted = target.rendered(dry, RATE_HZ, delay_compensated=False)
        assert esr_db(tonecast.Effect(name)(dry, RATE_HZ), wanted) < -90


def test_a_fit_finds_the_filter_and_finds_it_again(tmp_path: Path) -> None:
    config = small()
    notes = fit(config, tmp_path / "small.pt")
    assert [len(side) for side in (notes.training, notes.validation, notes.test)] == [8, 1, 1]
    first = checkpoint.load(tmp_path / "small.pt")
    assert first.config == config
    export_checkpoint(first, tmp_path / "small.onnx")
    (note,) = notes.test
    assert note.wet is not None
    played = tonecast.Effect(tmp_path / "small.onnx")(note.dry, config.sample_rate_hz)
    assert esr_db(played, note.wet) < -60
    fit(config, tmp_path / "small.pt")
    again = checkpoint.load(tmp_path / "small.pt").best
    for name, weights in first.best.items():
        np.testing.assert_allclose(again[name], weights, rtol=0, atol=1e-6)


def test_another_training_is_not_overwritten(tmp_path: Path) -> None:
    fit(small(), tmp_path / "small.pt")
    with pytest.raises(tonecast.Error, match="was trained with another config; move it away"):
        fit(small(seed=2), tmp_path / "small.pt")


@pytest.mark.filterwarnings("ignore:.*was trained on:RuntimeWarning")
def test_dynamics_are_fitted_to_a_simulated_compressor(tmp_path: Path) -> None:
    config = small(
        model="dynamics",
        size={},
        target="optical-compressor",
        data={"layout": "synthetic", "longest_s": 0.5},
    )
    notes = fit(config, tmp_path / "small.pt")
    found = checkpoint.load(tmp_path / "small.pt")
    assert found.trained_level is not None
    export_checkpoint(found, tmp_path / "small.onnx")
    effect = tonecast.Effect(tmp_path / "small.onnx")
    dry, wet = (
        np.concatenate([getattr(note, side) for note in notes.test]) for side in ("dry", "wet")
    )
    played = np.concatenate([effect(note.dry, config.sample_rate_hz) for note in notes.test])
    assert esr_db(played, wet) < esr_db(dry, wet) - 6
