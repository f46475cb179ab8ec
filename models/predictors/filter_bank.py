"""Learnable filter bank: from samples to levels over log frequency and time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ..fourier_filters import fourier_filters

# Of a full-scale sine; levels sink no further, and silence is flat rather than −∞.
FLOOR_POWER = 1e-10


@dataclass(frozen=True)
class Bank:
    """Log-spaced bands, each a pair of filters of `taps` samples, applied every `hop` samples."""

    bands: int = 192
    lowest_hz: float = 60.0
    highest_hz: float = 10_500.0
    taps: int = 2048
    hop: int = 512

    def __post_init__(self) -> None:
        """Raise ValueError for shapes that cannot be built."""
        if self.taps % self.hop:
            raise ValueError(f"Filters of {self.taps} taps need a hop that divides them.")

    def frames(self, window_samples: int) -> int:
        """How many times the filters fit into a window."""
        return (window_samples - self.taps) // self.hop + 1


class FilterBank(nn.Module):
    """Audio [batch, channels, window] → levels [batch, frames, bands], in bels.

    Each band is a pair of filters, at first a Hann-windowed cosine and sine; the level is the
    logarithm of their summed squares. Channels are linked, as they are in the equalizer: their
    powers are averaged. The mean level of the window is taken off, because how loud a recording is
    says nothing about its resonances. What does not fill a hop is left out at the old end.
    """

    def __init__(self, bank: Bank, sample_rate_hz: int, window_samples: int) -> None:
        super().__init__()
        self.bank = bank
        self.frames = bank.frames(window_samples)
        self.used_samples = bank.taps + (self.frames - 1) * bank.hop
        self.filters = nn.Parameter(_first_filters(bank, sample_rate_hz))

    def forward(self, audio: Tensor) -> Tensor:
        """One matrix product for all frames: a strided convolution, much faster on a CPU."""
        bank = self.bank
        recent = audio[:, :, audio.shape[2] - self.used_samples :]
        hops = recent.reshape(-1, audio.shape[1], self.used_samples // bank.hop, bank.hop)
        per_frame = bank.taps // bank.hop
        frames = torch.cat([hops[:, :, i : i + self.frames] for i in range(per_frame)], dim=3)
        response = frames @ self.filters
        squares = response * response
        power = (squares[..., : bank.bands] + squares[..., bank.bands :]).mean(dim=1)
        level = torch.log10(power + FLOOR_POWER)
        return level - level.mean(dim=(1, 2), keepdim=True)


def _first_filters(bank: Bank, sample_rate_hz: int) -> Tensor:
    """Windowed cosines, then sines, at the bands' centres: [taps, 2 · bands].

    A full-scale sine at the centre of a band has power 1 there.
    """
    frequency_hz = np.geomspace(bank.lowest_hz, bank.highest_hz, bank.bands)
    time_s = (np.arange(bank.taps) - bank.taps / 2) / sample_rate_hz
    phase = 2 * np.pi * time_s * frequency_hz[:, None]
    window = np.hanning(bank.taps + 1)[:-1]
    filters = fourier_filters(torch.from_numpy(phase), torch.from_numpy(window))
    return (filters.T * 2 / float(window.sum())).float().contiguous()
