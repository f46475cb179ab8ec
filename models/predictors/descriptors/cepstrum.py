"""Cepstral coefficients: the DCT of levels in auditory bands."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

N_COEFFICIENTS = 13
FLOOR_POWER = 1e-10
# Essentia's default for both: 20·log10 although the bands are powers.
DB_PER_NEPER = 20 / float(np.log(10))


class Cepstrum(nn.Module):
    """Magnitudes [rows, bins] → 13 coefficients [rows, 13] of the bands of `filters` [bands, bins].

    Orthonormal DCT-II of the bands' levels in dB.
    """

    filters: Tensor
    cosines: Tensor

    def __init__(self, filters: NDArray[np.float64]) -> None:
        super().__init__()
        n_bands = len(filters)
        order, band = np.arange(N_COEFFICIENTS)[:, None], np.arange(n_bands)
        cosines = np.sqrt(2 / n_bands) * np.cos(np.pi / n_bands * order * (band + 0.5))
        cosines[0] /= np.sqrt(2)
        self.register_buffer("filters", torch.tensor(filters.T, dtype=torch.float32))
        self.register_buffer("cosines", torch.tensor(cosines.T, dtype=torch.float32))

    def forward(self, magnitude: Tensor) -> Tensor:
        """One product for the bands, one for the cosines."""
        bands = (magnitude * magnitude) @ self.filters
        level_db = DB_PER_NEPER * torch.log(torch.clamp(bands, min=FLOOR_POWER))
        return level_db @ self.cosines
