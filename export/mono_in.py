"""A module that makes stereo of mono, as one that plays two channels: it hears their mean."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from .streaming.trace import takes_sidechain


class _OfOneSound(nn.Module):
    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module
        self.training = module.training

    def forward(self, x: Tensor, **knobs: Any) -> Tensor:
        """[batch, 2, time] → the same."""
        played: Tensor = self.module(_mean(x), **knobs)
        return played


class _WithSidechain(_OfOneSound):
    def forward(self, x: Tensor, sidechain: Tensor, **knobs: Any) -> Tensor:  # type: ignore[override]
        """Two sounds [batch, 2, time] → one."""
        played: Tensor = self.module(_mean(x), sidechain=_mean(sidechain), **knobs)
        return played


def hearing_mean(module: nn.Module) -> nn.Module:
    """`module`, which makes two channels of one, as one that maps two channels to as many."""
    return (_WithSidechain if takes_sidechain(module) else _OfOneSound)(module)


def _mean(sound: Tensor) -> Tensor:
    return sound.mean(1, keepdim=True)
