"""Ends of a sound that only inner layers see."""

from __future__ import annotations

from pathlib import Path

import pytest
import tonecast

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")

from tonecast.export.streaming.convert import convert  # noqa: E402
from tonecast.export.streaming.trace import trace  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from whole_and_frames import noise, play_frames, play_whole  # noqa: E402


def test_inner_layers_that_mirror_the_begin_are_refused_with_a_way_out(tmp_path: Path) -> None:
    torch.manual_seed(1)
    module = nn.Sequential(
        nn.Conv1d(1, 4, 5, padding=2),
        nn.Conv1d(4, 1, 5, padding=2, padding_mode="reflect"),
    )
    with pytest.raises(tonecast.Error, match=r"mirrored or held at its ends.*pad there with zeros"):
        tonecast.export(module, tmp_path / "mirrored.onnx", quiet=True)
    assert not (tmp_path / "mirrored.onnx").exists()


class Divided(nn.Module):
    """Looks ahead on one way, and is divided by what comes another way, which is never zero."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = nn.Conv1d(1, 2, 9, padding=4)
        self.level = nn.Conv1d(1, 2, 3)

    def forward(self, x: Tensor) -> Tensor:
        level = self.level(nn.functional.pad(x, (2, 0))).abs() + 0.1
        return (self.ahead(x) / level).sum(1, keepdim=True)


def test_what_waits_begins_as_in_silence() -> None:
    torch.manual_seed(1)
    module = Divided().eval()
    converted = convert(trace(module, {}), {}, 16)
    sound = noise(320, channels=2)
    played = play_frames(converted, sound, {})
    assert torch.isfinite(played).all()  # before the first sample, too
    whole = play_whole(module, sound, {})
    assert (played[:, 4:] - whole[:, :-4]).abs().max() < 3e-6
