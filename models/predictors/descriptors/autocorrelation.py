"""Autocorrelation through the DFT."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ....export.dft import RealDFT


class Autocorrelation(nn.Module):
    """Σ_n x[n] · x[n + lag] for lags 0 … `n_lags` − 1: rows [rows, size] → [rows, n_lags]."""

    def __init__(self, size: int, n_lags: int) -> None:
        super().__init__()
        padded = -(-size // 64) * 64
        # As many points as no lag that is asked for wraps around.
        points = -(-(size + n_lags) // 128) * 128
        self.dft = RealDFT(padded, max(points, -(-padded // 128) * 128))
        self.size, self.padded, self.n_lags = size, padded, n_lags

    def forward(self, x: Tensor) -> Tensor:
        """Inverse DFT of the power spectrum (Wiener-Khinchin)."""
        spectrum = self.dft(nn.functional.pad(x, (0, self.padded - self.size)))
        power = (spectrum * spectrum).sum(dim=2, keepdim=True)
        correlation: Tensor = self.dft.inverse(torch.cat((power, torch.zeros_like(power)), dim=2))
        return correlation[:, : self.n_lags]
