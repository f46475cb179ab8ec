"""Fitted predictors become files that say what they come from."""

import json
from pathlib import Path

import pytest
import torch
from tonecast import Error
from tonecast.models.predictors.drn import DRN, PRESETS
from tonecast.models.release.attenuation import SHIPPED, export_attenuation

LIVE = SHIPPED[0]


def test_predictor_says_that_its_ratings_are_simulated(tmp_path: Path) -> None:
    torch.manual_seed(1)
    checkpoint = {
        "weights": DRN(PRESETS["live"]).state_dict(),
        "cross_validated_msbe": 0.02,
        "licences": json.dumps(["CC0-1.0"]),
    }
    torch.save(checkpoint, tmp_path / LIVE.checkpoint)
    contract = export_attenuation(LIVE, tmp_path, tmp_path / "live.onnx")
    assert "SIMULATED" in contract.provenance.data
    assert contract.provenance.licences == ("CC0-1.0",)
    assert contract.provenance.losses == {"cross_validated_msbe": 0.02}
    assert contract.predictor is not None
    assert contract.predictor.window_samples == 11_025


def test_missing_or_foreign_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Error, match=r"drn-live.pt: cannot be read: No such file"):
        export_attenuation(LIVE, tmp_path, tmp_path / "live.onnx")
    torch.save({"weights": {}}, tmp_path / LIVE.checkpoint)
    with pytest.raises(Error, match="not a checkpoint of attenuation-live; fit it again"):
        export_attenuation(LIVE, tmp_path, tmp_path / "live.onnx")
    assert not (tmp_path / "live.onnx").exists()
