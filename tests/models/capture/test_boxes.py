"""No capture is worse than the baselines: a filter, and a filter with a curve after it.

The first two rungs are enough for that. They train for the same number of steps everywhere.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pedalboard import (
    Clipping,
    Compressor,
    Distortion,
    Gain,
    HighpassFilter,
    HighShelfFilter,
    Limiter,
    LowpassFilter,
    LowShelfFilter,
    PeakFilter,
)
from pedalboard.io import WriteableAudioFile
from tonecast.models.capture.ladder import limits
from tonecast.models.capture.ladder.rungs import FILTER, SHAPER
from tonecast.models.capture.learn import learn_capture
from tonecast.models.training.loop import Trainer
from tonecast.plugin_core.synthesizer import pluck

RATE_HZ = 16_000
MINUTES, STEP_S = 1.0, 0.14  # which are 385 steps, however fast the machine


def _tanh(sound: np.ndarray) -> np.ndarray:
    return np.tanh(4 * sound)


def _lopsided(sound: np.ndarray) -> np.ndarray:
    return np.where(sound > 0, np.tanh(3 * sound), 0.5 * sound).astype(np.float32)


BOXES: dict[str, list[object]] = {
    "gain": [Gain(-6)],
    "low shelf": [LowShelfFilter(300, 9)],
    "bell": [PeakFilter(1000, -12)],
    "lowpass": [LowpassFilter(800)],
    "tilt": [LowShelfFilter(300, -6), HighShelfFilter(3000, 6)],
    "tanh": [_tanh],
    "lopsided": [_lopsided],
    "hard clipping": [Clipping(-12)],
    "overdrive": [HighpassFilter(200), Distortion(15), LowpassFilter(3000)],
    "compressor": [Compressor(-30, 4, 5, 100)],
    "limiter, then dull": [Limiter(-20), LowpassFilter(2000)],
    "treble booster": [HighpassFilter(800), Gain(20), _tanh, HighShelfFilter(2000, -9)],
}


@pytest.fixture(scope="module")
def playing() -> np.ndarray:
    rng = np.random.default_rng(5)
    notes = [
        10 ** (rng.uniform(-25, 0) / 20) * pluck(110 * 2 ** (step / 12), 0.4, RATE_HZ, rng)
        for step in rng.integers(0, 24, 30)
    ]
    sound = np.concatenate(notes)
    return (0.8 * sound / np.abs(sound).max()).astype(np.float32)


@pytest.mark.filterwarnings("ignore:.*was trained on:RuntimeWarning")  # it has learned little
@pytest.mark.slow
@pytest.mark.parametrize("name", BOXES)
def test_no_capture_is_worse_than_its_baselines(
    name: str, playing: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "rungs_for", lambda pair, cheaply: [FILTER, SHAPER])
    monkeypatch.setattr(Trainer, "seconds_per_step", lambda self: STEP_S)
    wet = playing
    for part in BOXES[name]:
        assert isinstance(part, Callable)
        wet = part(wet) if part in (_tanh, _lopsided) else part(wet, RATE_HZ)
    for file_name, sound in (("dry", playing), ("wet", wet)):
        with WriteableAudioFile(str(tmp_path / f"{file_name}.wav"), RATE_HZ, 1, 32) as file:
            file.write(np.asarray(sound, np.float32)[np.newaxis])

    def train(trainer: Trainer) -> None:
        trainer.run()

    found = learn_capture(
        tmp_path / "dry.wav", tmp_path / "wet.wav", "box", MINUTES, tmp_path / "out", train
    )
    figures = found.figures
    assert figures.effect_db <= min(figures.filter_db, figures.curve_db, figures.unprocessed_db)
    if name in ("low shelf", "bell", "lowpass", "tilt", "gain"):
        assert figures.effect_db < -60
