"""Spectral contrast and valleys in six bands (Akkermans, Serrà and Herrera, SMC 2009)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from .spectrum import BIN_HZ

N_BANDS = 6
MIN_HZ, MAX_HZ = 20.0, 11_000.0
STATIC = 0.15  # of all bins are dealt out evenly, the others by the logarithm of frequency
NEIGHBOURS = 0.4  # of a band's bins are its peak, as many its valley
FLOOR = 1e-30


class SpectralContrast(nn.Module):
    """Magnitudes [rows, 1025] → contrasts and valleys [rows, 12].

    Contrast is −(peak/valley)^(1/ln mean): −1 where a band is flat, near 0 where it has peaks. It
    needs a mean below 1, which only sound far above full scale exceeds; there, it is held.
    """

    def __init__(self) -> None:
        super().__init__()
        self.first, self.sizes = band_layout()

    def forward(self, magnitude: Tensor) -> Tensor:
        """Sort each band; average its top and its bottom."""
        contrasts, valleys = [], []
        start = self.first
        for size in self.sizes:
            band = magnitude[:, start : start + size]
            start += size
            ordered = torch.topk(band, size, dim=1).values
            n = max(1, round(NEIGHBOURS * size))
            log_peak, log_valley, log_mean = (
                torch.log(part.mean(dim=1, keepdim=True) + FLOOR)
                for part in (ordered[:, :n], ordered[:, size - n :], band)
            )
            steepness = torch.clamp(log_mean, max=-0.1)
            contrasts.append(-torch.exp((log_peak - log_valley) / steepness))
            valleys.append(log_valley)
        return torch.cat((*contrasts, *valleys), dim=1)


def band_layout() -> tuple[int, list[int]]:
    """First bin, and how many bins each band has."""
    n_bins = round(MAX_HZ / BIN_HZ)
    evenly = round(STATIC * n_bins / N_BANDS)
    highest_hz = round((1 - STATIC) * n_bins) * BIN_HZ
    first = last = round(MIN_HZ / BIN_HZ)
    sizes = []
    for band in range(1, N_BANDS + 1):
        edge_hz = MIN_HZ * (highest_hz / MIN_HZ) ** (band / N_BANDS)
        sizes.append(math.floor(edge_hz / BIN_HZ - last + evenly + 0.5))
        last = math.floor(edge_hz / BIN_HZ + 0.5)
    return first, sizes
