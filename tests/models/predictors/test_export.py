"""The engine takes every predictor and gives what PyTorch gives."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tonecast.export.effect import unmeasured
from tonecast.export.predictor import export_predictor
from tonecast.models.predictors.descriptors.descriptors import Descriptors
from tonecast.models.predictors.drn import DRN, PRESETS
from tonecast.models.predictors.ffn import FFN
from tonecast.models.predictors.predictor import OneWindow, Predictor
from tonecast.plugin_core import _engine
from tonecast.plugin_core.effect_files.contract import Contract, PredictorTiming, Provenance
from tonecast.plugin_core.effect_files.loading import load_model


def sounds(window_samples: int) -> torch.Tensor:
    """Noise, a tone and a pluck: [3, 2, window]."""
    rng = np.random.default_rng(1)
    noise = 0.1 * rng.standard_normal((2, window_samples))
    time_s = np.arange(window_samples) / (2 * window_samples)
    tone = 0.3 * np.sin(2 * np.pi * 440 * time_s) * np.array([[1.0], [0.7]])
    pluck = np.sign(tone) * np.exp(-8 * time_s) + 0.001 * noise
    return torch.tensor(np.stack([noise, tone, pluck]), dtype=torch.float32)


def lively(model: Predictor, last: torch.nn.Linear) -> OneWindow:
    """First weights say nearly the same to any sound; louder ones show differences."""
    with torch.no_grad():
        last.weight.mul_(30)
        for _ in range(20):  # settles the batch normalisation
            model(sounds(model.window_samples))
    return OneWindow(model.eval())


def live() -> OneWindow:
    model = DRN(PRESETS["live"])
    return lively(model, model.last)


def ffn() -> OneWindow:
    model = FFN(Descriptors(), units=(20, 10))
    model.standardise(model.features(sounds(model.window_samples)))
    return lively(model, model.dense[-1])


@pytest.mark.parametrize("build", [live, ffn])
def test_engine_gives_what_pytorch_does(build, tmp_path: Path) -> None:
    torch.manual_seed(1)
    module = build()
    model = module.predictor
    contract = Contract(
        kind="predictor",
        name="test-predictor",
        label="Test predictor",
        description="For tests.",
        sample_rate_hz=model.sample_rate_hz,
        provenance=Provenance("none", ("GPL-3.0-or-later",), {}, "2026-11-21"),
        parity=unmeasured(),
        predictor=PredictorTiming(model.window_samples, 0.1, 1.0),
    )
    path = tmp_path / "predictor.onnx"
    export_predictor(module, contract, path)
    runner = _engine.FrameRunner(load_model(path), 2)
    audio = sounds(model.window_samples)
    expected = model(audio).detach().numpy()
    found = [float(runner.run(sound.numpy(), {})[0]) for sound in audio]
    assert found == pytest.approx(expected, abs=1e-4)
    assert np.ptp(expected) > 0.02
