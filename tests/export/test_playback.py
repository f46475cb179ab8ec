"""A module that is heard before it is exported."""

import gc
from pathlib import Path

import pytest
import tonecast
import torch
from tonecast.export import playback
from torch import Tensor, nn


class Gain(nn.Module):
    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        return x * level[:, :, None]


class Session:
    def __init__(self, effect: tonecast.Effect, **settings: object) -> None:
        self.effect, self.settings = effect, settings


def test_knobs_are_the_modules_and_the_rest_is_the_sessions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(playback, "LiveSession", Session)
    session = playback.playback(Gain(), level=tonecast.Knob(0, 2, 0.5), block_size=64)
    assert session.settings == {"block_size": 64}
    sound = torch.linspace(-1, 1, 4800).numpy()
    assert session.effect(sound, 48000) == pytest.approx(0.5 * sound)
    session.effect.level = 2.0
    assert session.effect(sound, 48000)[-1] == pytest.approx(2)
    folder = Path(session.effect.entry.files[48000]).parent
    assert folder.exists()
    del session
    gc.collect()
    assert not folder.exists()
