"""Locally connected dense layer: each row has weights of its own."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LocalDense(nn.Module):
    """y[b, r] = x[b, r] · weight[r] + bias[r], for every row r.

    Shape: x and y [batch, rows, size], weight [rows, size, size] (in, out), bias [rows, size].
    """

    def __init__(self, rows: int, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.eye(size).repeat(rows, 1, 1))
        self.bias = nn.Parameter(torch.zeros(rows, size))

    def forward(self, x: Tensor) -> Tensor:
        """One matrix product for each row."""
        by_row = torch.baddbmm(self.bias[:, None], x.transpose(0, 1), self.weight)
        return by_row.transpose(0, 1)
