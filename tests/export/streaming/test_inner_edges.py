"""Ends of a sound that only inner layers see."""

from __future__ import annotations

from pathlib import Path

import pytest
import tonecast

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")

from torch import nn  # noqa: E402


def test_inner_layers_that_mirror_the_begin_are_refused_with_a_way_out(tmp_path: Path) -> None:
    torch.manual_seed(1)
    module = nn.Sequential(
        nn.Conv1d(1, 4, 5, padding=2),
        nn.Conv1d(4, 1, 5, padding=2, padding_mode="reflect"),
    )
    with pytest.raises(tonecast.Error, match=r"mirrored or held at its ends.*pad there with zeros"):
        tonecast.export(module, tmp_path / "mirrored.onnx", quiet=True)
    assert not (tmp_path / "mirrored.onnx").exists()
