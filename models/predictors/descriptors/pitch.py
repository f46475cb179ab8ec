"""Pitch and its confidence: YIN in the frequency domain (Brossier 2006, section 3.2.3)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ....export.dft import RealDFT
from .frames import FRAME_SAMPLES, SAMPLE_RATE_HZ
from .peaks import find_peaks, highest
from .spectrum import BIN_HZ, N_BINS

# How much a frequency counts, in dB: Brossier's approximation of the outer and middle ear.
WEIGHT_HZ = (
    *(0, 20, 25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000),
    *(1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000, 9000, 10000, 12500, 15000, 20000),
    25100,
)
WEIGHT_DB = (
    *(-75.8, -70.1, -60.8, -52.1, -44.2, -37.5, -31.3, -25.6, -20.9, -16.5, -12.6, -9.6, -7.0),
    *(-4.7, -3.0, -1.8, -0.8, -0.2, 0.0, 0.5, 1.6, 3.2, 5.4, 7.8, 8.1, 5.3, -2.4, -11.1, -12.8),
    *(-12.2, -7.4, -17.8, -17.8, -17.8),
)
MIN_LAG = 2
SILENT_POWER = 1e-20


class Pitch(nn.Module):
    """Magnitudes [rows, 1025] → pitch in Hz and confidence [rows, 2]; both 0 where none is found.

    The autocorrelation of the weighted frame gives the difference function d(τ), which its mean up
    to τ normalises; the deepest dip is the period.
    """

    weight: Tensor
    mirrored: Tensor
    slot_of_lag: Tensor
    lag: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.dft = RealDFT(FRAME_SAMPLES, FRAME_SAMPLES)
        weight_db = np.interp(np.arange(N_BINS) * BIN_HZ, WEIGHT_HZ, WEIGHT_DB)
        number = np.arange(FRAME_SAMPLES)
        for name, values in (
            ("weight", torch.tensor(10 ** (weight_db / 20), dtype=torch.float32)),
            ("mirrored", torch.from_numpy(np.minimum(number, FRAME_SAMPLES - number))),
            ("slot_of_lag", torch.from_numpy(self.dft.slot_of_bin)),
            ("lag", torch.arange(1, N_BINS, dtype=torch.float32)),
        ):
            self.register_buffer(name, values)

    def forward(self, magnitude: Tensor) -> Tensor:
        """Dips of the difference function are peaks of its negative."""
        power = magnitude * magnitude * self.weight
        total = 2 * power.sum(dim=1, keepdim=True)
        real = self.dft(power.index_select(1, self.mirrored))[:, :, 0].reshape(len(power), -1)
        difference = total - real.index_select(1, self.slot_of_lag)[:, 1:]
        running = torch.clamp(torch.cumsum(difference, dim=1), min=SILENT_POWER)
        normalised = difference * self.lag / running
        dips = find_peaks(-normalised[:, MIN_LAG - 1 :])
        position, height, found = highest(dips)
        known = found & (total > SILENT_POWER)
        pitch_hz = torch.where(known, SAMPLE_RATE_HZ / (position + MIN_LAG), 0.0)
        confidence = torch.where(known, torch.clamp(1 + height, 0.0, 1.0), 0.0)
        return torch.cat((pitch_hz, confidence), dim=1)
