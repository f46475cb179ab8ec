"""The bands in which a tone is measured: one for each ERB, and back to the bins of a curve.

The scale is that of Glasberg and Moore (1990), "Derivation of auditory filter shapes from
notched-noise data", equation 4: ERB-rate = 21.4 · log10(1 + 0.00437 f).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

MIN_HZ = 50.0
MAX_HZ = 16_000.0


def erb_rate(frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many ERB lie below a frequency."""
    rate: NDArray[np.float64] = 21.4 * np.log10(1 + 0.00437 * frequency_hz)
    return rate


def _centers() -> NDArray[np.float64]:
    low, high = erb_rate(np.array([MIN_HZ, MAX_HZ]))
    rates = np.linspace(low, high, round(high - low) + 1)
    centers: NDArray[np.float64] = (10 ** (rates / 21.4) - 1) / 0.00437
    return centers


BAND_CENTERS_HZ = _centers()
N_BANDS = len(BAND_CENTERS_HZ)


class ErbBands(nn.Module):
    """Bins → bands that overlap by half, and bands → bins, linear over the ERB scale."""

    of_bins: Tensor
    to_bins: Tensor

    def __init__(self, bins: int, bin_hz: float) -> None:
        super().__init__()
        place = erb_rate(np.arange(bins, dtype=np.float64) * np.float64(bin_hz))[:, None]
        centers = erb_rate(BAND_CENTERS_HZ)[None]
        step = centers[0, 1] - centers[0, 0]
        overlap = np.clip(1 - np.abs(place - centers) / step, 0, None)  # [bins, bands]
        # At the ends the outermost band holds.
        held = np.clip(place, centers[0, 0], centers[0, -1])
        back = np.clip(1 - np.abs(held - centers) / step, 0, None)
        self.register_buffer("of_bins", torch.tensor(overlap.T, dtype=torch.float32))
        self.register_buffer("to_bins", torch.tensor(back, dtype=torch.float32))

    def powers(self, power: Tensor) -> Tensor:
        """Sums of bins' powers [batch, bins, frames]: [batch, bands, frames]."""
        return self.of_bins @ power

    def curve(self, values: Tensor) -> Tensor:
        """Band values [batch, bands, frames] in every bin: [batch, bins, frames]."""
        return self.to_bins @ values
