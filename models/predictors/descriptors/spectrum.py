"""Magnitude spectrum of a frame."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ....export.dft import RealDFT
from .frames import FRAME_SAMPLES, SAMPLE_RATE_HZ

N_BINS = FRAME_SAMPLES // 2 + 1
BIN_HZ = SAMPLE_RATE_HZ / FRAME_SAMPLES


class MagnitudeSpectrum(nn.Module):
    """Frames [rows, 2048] → magnitudes [rows, 1025], Blackman-Harris window, 62 dB.

    The window has area 2, so a full-scale sine reaches a magnitude of about 1.
    """

    window: Tensor
    slot_of_bin: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.dft = RealDFT(FRAME_SAMPLES, FRAME_SAMPLES)
        window = blackman_harris_62(FRAME_SAMPLES)
        self.register_buffer("window", torch.tensor(2 * window / window.sum(), dtype=torch.float32))
        self.register_buffer("slot_of_bin", torch.from_numpy(self.dft.slot_of_bin))

    def forward(self, frames: Tensor) -> Tensor:
        """Square root of the power, in the order of frequency."""
        spectrum = self.dft(frames * self.window)
        power = (spectrum * spectrum).sum(dim=2).reshape(len(frames), -1)
        return torch.sqrt(power.index_select(1, self.slot_of_bin))


def blackman_harris_62(size: int) -> NDArray[np.float64]:
    """Three-term window with side lobes at −62 dB (Harris 1978), symmetric."""
    phase = 2 * np.pi * np.arange(size) / (size - 1)
    window: NDArray[np.float64] = 0.44959 - 0.49364 * np.cos(phase) + 0.05677 * np.cos(2 * phase)
    return window
