"""The level that a contract promises is that of the frames that were trained on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tonecast.models.data.frames import Frames
from tonecast.models.data.note import Note
from tonecast.models.training import checkpoint
from tonecast.models.training.config import Config
from tonecast.models.training.session import make_trainer
from tonecast.models.training.trained_level import peak_db, trained_level


def _config(**changed: Any) -> Config:
    values: dict[str, Any] = {
        "name": "test",
        "label": "Test",
        "description": "A test.",
        "model": "cae",
        "size": {"frame": 64, "filters": 2, "filter_taps": 8, "smoothing_taps": 4, "pool": 4},
        "sample_rate_hz": 16000,
        "data": {"layout": "synthetic", "longest_s": 0.1},
        "stages": [{"name": "one", "loss": "esr", "steps": 1}],
        "target": "low-shelf",
        "hop_size_samples": 16,
        "validation_frames": 8,
        **changed,
    }
    return Config.from_dict(values)


def _frames(gains: list[float]) -> Frames:
    tone = np.sin(np.arange(4000) * 0.1).astype(np.float32)
    notes = [Note(f"{g}", f"{g}", "", None, dry=g * tone, wet=2 * g * tone) for g in gains]
    return Frames(notes, 64, 16)


def test_of_something_nonlinear_it_is_the_highest_sample() -> None:
    found = trained_level(_config(target="distortion-1"), _frames([0.1, 0.5]))
    assert found.response == "nonlinear"
    assert found.input_peak_db == pytest.approx(peak_db(0.5), abs=0.05)
    assert found.output_peak_db == pytest.approx(peak_db(1.0), abs=0.05)


def test_of_something_linear_it_is_what_most_frames_stay_below() -> None:
    found = trained_level(_config(), _frames([0.1] * 95 + [0.5]))
    assert found.response == "linear"
    assert found.input_peak_db == pytest.approx(-20, abs=0.2)
    assert found.output_peak_db == pytest.approx(-20 + 6.02, abs=0.2)


def test_pairs_are_nonlinear_unless_the_data_say_otherwise() -> None:
    pairs = {"layout": "pairs", "folder": "x"}
    assert not _config(target="", data=pairs).is_linear
    assert _config(target="", data={**pairs, "linear": True}).is_linear
    with pytest.raises(ValueError, match="leave linear out"):
        _config(data={"layout": "synthetic", "linear": True})


def test_levels_are_rounded_up_and_stay_within_what_a_contract_can_say() -> None:
    assert peak_db(1.0) == 0.0
    assert peak_db(0.5) == -6.02
    assert peak_db(0.0) == peak_db(1e-9) == -80.0
    assert peak_db(1e9) == 40.0


def test_a_checkpoint_keeps_it_and_an_older_one_has_none(tmp_path: Path) -> None:
    path = tmp_path / "test.pt"
    trainer, _ = make_trainer(_config(), path)
    trainer.run()
    found = checkpoint.load(path)
    assert found.trained_level == trainer.trained_level
    checkpoint.save(replace(found, trained_level=None), path)
    assert checkpoint.load(path).trained_level is None
