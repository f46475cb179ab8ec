"""Pitch salience: how periodic the spectrum itself is (Ricard 2004)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .autocorrelation import Autocorrelation
from .frames import SAMPLE_RATE_HZ
from .spectrum import N_BINS

MIN_HZ, MAX_HZ = 100.0, 5000.0
SILENT = 1e-20


class PitchSalience(nn.Module):
    """Magnitudes [rows, 1025] → salience [rows, 1].

    The largest share of its energy that the spectrum keeps when shifted by 100 Hz to 5 kHz.
    """

    def __init__(self) -> None:
        super().__init__()
        self.shortest, self.longest = (
            int(frequency_hz * N_BINS / (SAMPLE_RATE_HZ / 2)) for frequency_hz in (MIN_HZ, MAX_HZ)
        )
        self.autocorrelation = Autocorrelation(N_BINS, self.longest)

    def forward(self, magnitude: Tensor) -> Tensor:
        """Silence has none."""
        correlation = self.autocorrelation(magnitude)
        shifted = correlation[:, self.shortest :].amax(dim=1, keepdim=True)
        return torch.clamp(shifted, min=0.0) / torch.clamp(correlation[:, :1], min=SILENT)
