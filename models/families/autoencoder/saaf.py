"""Smooth adaptive activation functions: a curve for each channel, learned as it is used.

Hou, Samaras, Kurc, Gao and Saltz, "ConvNets with smooth adaptive activation functions for
regression" (AISTATS 2017), section 3, with pieces of order 2:

    f(x) = v0 + v1·x + Σ_k w_k · b_k(x),    b_k″ = 1 between a_k and a_{k+1}, 0 elsewhere

so w_k is the curvature of piece k, f and its slope are continuous, and f is a straight line outside
of [a_1, a_{n+1}]. Instead of n basis functions for each sample, the piece that a sample falls on is
looked up, and one parabola evaluated: the same curve.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

PIECES = 25
LOWEST, HIGHEST = -1.0, 1.0


class SAAF(nn.Module):
    """One curve for each channel, over [−1, 1] in 25 pieces; the identity at first.

    Shape: x and f(x) [channels, samples]; v [channels, 2]; w [channels, pieces].
    """

    def __init__(self, channels: int, pieces: int = PIECES) -> None:
        super().__init__()
        self.pieces = pieces
        self.width = (HIGHEST - LOWEST) / pieces
        self.v = nn.Parameter(torch.tensor([0.0, 1.0]).repeat(channels, 1))
        self.w = nn.Parameter(torch.zeros(channels, pieces))

    def forward(self, x: Tensor) -> Tensor:
        """f(x), each channel by its own curve."""
        piece = (((x - LOWEST) / self.width).floor() + 1).clamp(0, self.pieces + 1)
        start = LOWEST + self.width * (piece - 1).clamp(min=0)
        index = piece.long()
        value, slope, half_curvature = (table.gather(1, index) for table in self.parabolas())
        t = x - start
        return value + t * (slope + t * half_curvature)

    def parabolas(self) -> tuple[Tensor, Tensor, Tensor]:
        """Value and slope where each piece starts, and half its curvature [channels, pieces + 2].

        The first and the last piece are the straight lines outside; the first is anchored at its
        right end.
        """
        d = self.width
        curvature = functional.pad(self.w, (1, 1))
        grown = functional.pad(d * self.w.cumsum(dim=1), (2, 0))
        slope = self.v[:, 1:] + grown
        rise = d * slope[:, 1:-1] + d * d / 2 * self.w
        at_lowest = self.v[:, :1] + LOWEST * self.v[:, 1:]
        value = at_lowest + functional.pad(rise.cumsum(dim=1), (2, 0))
        return value, slope, curvature / 2

    def smoothness_penalty(self) -> Tensor:
        """Σ v² + Σ w²: bounds the slope, and so the Lipschitz constant (section 3.2)."""
        return self.v.square().sum() + self.w.square().sum()
