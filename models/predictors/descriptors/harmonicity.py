"""Harmonics-to-noise ratio (Boersma, IFA Proceedings 17, 1993)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from .autocorrelation import Autocorrelation
from .frames import FRAME_SAMPLES, SAMPLE_RATE_HZ
from .peaks import find_peaks, highest

MIN_HZ, MAX_HZ = 75.0, 2000.0
LIMIT_DB = 40.0
SILENT_POWER = 1e-12


class HarmonicsToNoise(nn.Module):
    """Frames [rows, 2048] → ratio in dB [rows, 1], from −40 to 40.

    The autocorrelation of the windowed frame over that of the window is that of the sound alone. At
    its highest peak, the period, it is the share of the power that repeats.
    """

    window: Tensor
    of_window: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.shortest = int(SAMPLE_RATE_HZ / MAX_HZ)
        longest = int(np.ceil(SAMPLE_RATE_HZ / MIN_HZ)) + 2
        self.autocorrelation = Autocorrelation(FRAME_SAMPLES, longest)
        window = np.hanning(FRAME_SAMPLES + 1)[:-1]
        of_window = np.correlate(window, window, "full")[FRAME_SAMPLES - 1 :][:longest]
        self.register_buffer("window", torch.tensor(window, dtype=torch.float32))
        self.register_buffer("of_window", torch.tensor(of_window, dtype=torch.float32))

    def forward(self, frames: Tensor) -> Tensor:
        """Without its mean, which would repeat at any period."""
        windowed = (frames - frames.mean(dim=1, keepdim=True)) * self.window
        correlation = self.autocorrelation(windowed) / self.of_window
        power = correlation[:, :1]
        repeating = correlation / torch.clamp(power, min=SILENT_POWER)
        _, share, found = highest(find_peaks(repeating[:, self.shortest - 1 :]))
        share = torch.where(found & (power > SILENT_POWER), share, 0.0)
        least = 1 / (1 + 10 ** (LIMIT_DB / 10))
        share = torch.clamp(share, least, 1 - least)
        return 10 * torch.log10(share / (1 - share))
