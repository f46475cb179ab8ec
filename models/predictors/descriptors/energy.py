"""Where in the spectrum the energy is."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from .frames import N_FRAMES
from .spectrum import BIN_HZ, N_BINS

BANDS_HZ = ((20, 150), (150, 800), (800, 4000), (4000, 20_000))
ROLL_OFF = 0.85


class SpectralEnergy(nn.Module):
    """Magnitudes [rows, 1025] → energy, RMS, high-frequency content, decrease, four bands.

    [rows, 8]. High-frequency content is Σ f·|X|² (Masri 1996); decrease is the slope of a line
    through the power spectrum. Bands include both their ends.
    """

    weights: Tensor

    def __init__(self) -> None:
        super().__init__()
        bin_hz = np.arange(N_BINS) * BIN_HZ
        centred = bin_hz - bin_hz.mean()
        slope = centred / (centred**2).sum()
        number = np.arange(N_BINS)
        bands = [
            (number >= round(low / BIN_HZ)) & (number <= round(high / BIN_HZ))
            for low, high in BANDS_HZ
        ]
        weights = np.stack([np.ones(N_BINS), bin_hz, slope, *bands], axis=1)
        self.register_buffer("weights", torch.tensor(weights, dtype=torch.float32))

    def forward(self, magnitude: Tensor) -> Tensor:
        """Weighted sums of the power, in one product."""
        sums = (magnitude * magnitude) @ self.weights
        rms = torch.sqrt(sums[:, :1] / N_BINS)
        return torch.cat((sums[:, :1], rms, sums[:, 1:]), dim=1)


class RollOff(nn.Module):
    """Magnitudes [rows, 1025] → the frequency in Hz below which 85 % of the energy is [rows, 1]."""

    def forward(self, magnitude: Tensor) -> Tensor:
        """Count the bins that do not reach it."""
        reached = torch.cumsum(magnitude * magnitude, dim=1)
        below = (reached < ROLL_OFF * reached[:, -1:]).to(magnitude.dtype)
        return below.sum(dim=1, keepdim=True) * BIN_HZ


class Flux(nn.Module):
    """Magnitudes [rows, 1025] → distance of each frame from the one before [rows, 1].

    The first frame of a window has none before it, and takes the value of the second. Essentia
    takes its distance from silence, which is its level, not its change.
    """

    def forward(self, magnitude: Tensor) -> Tensor:
        """Euclidean distance."""
        frames = magnitude.reshape(-1, N_FRAMES, N_BINS)
        change = frames[:, 1:] - frames[:, :-1]
        distance = torch.sqrt((change * change).sum(dim=2))
        return torch.cat((distance[:, :1], distance), dim=1).reshape(-1, 1)


class StrongPeak(nn.Module):
    """Magnitudes [rows, 1025] → how high and narrow the highest peak is [rows, 1].

    Its magnitude over the decades between its edges at half height (Gouyon and Herrera 2001).
    A peak that reaches down to 0 Hz is infinitely wide: 0.
    """

    number: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("number", torch.arange(N_BINS, dtype=torch.float32))

    def forward(self, magnitude: Tensor) -> Tensor:
        """Find the nearest bins on either side that are below half the height."""
        height = magnitude.amax(dim=1, keepdim=True)
        place = torch.argmax(magnitude, dim=1, keepdim=True).to(magnitude.dtype)
        low = magnitude < height / 2
        left = torch.where(low & (self.number < place), self.number, -1.0)
        right = torch.where(low & (self.number > place), self.number, float(N_BINS))
        first = left.amax(dim=1, keepdim=True) + 1
        decades = torch.log10(right.amin(dim=1, keepdim=True) / torch.clamp(first, min=1.0))
        return torch.where(first > 0, height / torch.clamp(decades, min=1e-4), 0.0)
