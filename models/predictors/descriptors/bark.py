"""Power in the 27 Bark bands, and the shape of their distribution."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from .spectrum import BIN_HZ, N_BINS

# Zwicker's critical bands; the lowest two are halved, and one is added above.
EDGES_HZ = (
    *(0, 50, 100, 150, 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320),
    *(2700, 3150, 3700, 4400, 5300, 6400, 7700, 9500, 12000, 15500, 20500),
)
N_BANDS = len(EDGES_HZ) - 1
# Total power of silence: a Bark band of the last bit of 24 has more.
SILENT_POWER = 1e-20


class BarkBands(nn.Module):
    """Magnitudes [rows, 1025] → power in each band [rows, 27]."""

    members: Tensor

    def __init__(self) -> None:
        super().__init__()
        edge_bin = np.floor(np.array(EDGES_HZ) / BIN_HZ + 0.5)[:, None]
        number = np.arange(N_BINS)
        members = (number >= edge_bin[:-1]) & (number < edge_bin[1:])
        self.register_buffer("members", torch.tensor(members.T, dtype=torch.float32))

    def forward(self, magnitude: Tensor) -> Tensor:
        """Each bin belongs to one band."""
        return (magnitude * magnitude) @ self.members


class BarkShape(nn.Module):
    """Powers of bands [rows, 27] → kurtosis, skewness, spread, crest, flatness [rows, 5].

    The first three take the bands as a distribution over band number; flatness is
    −dB/60, limited to 1.
    """

    number: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("number", torch.arange(N_BANDS, dtype=torch.float32))

    def forward(self, bands: Tensor) -> Tensor:
        """Silence has spread, skewness and crest 0, kurtosis −3, flatness 1."""
        total = bands.sum(dim=1, keepdim=True)
        share = bands / torch.clamp(total, min=SILENT_POWER)
        distance = self.number - (share * self.number).sum(dim=1, keepdim=True)
        spread = (share * distance**2).sum(dim=1, keepdim=True)
        spread = torch.where(total > SILENT_POWER, spread, 0.0)
        # With all power in one band the shape is undefined.
        wide = torch.clamp(spread, min=1e-6)
        third = (share * distance**3).sum(dim=1, keepdim=True)
        fourth = (share * distance**4).sum(dim=1, keepdim=True)
        skewness = torch.where(spread > 1e-6, third / wide**1.5, 0.0)
        kurtosis = torch.where(spread > 1e-6, fourth / wide**2 - 3, -3.0)
        crest = share.amax(dim=1, keepdim=True) * N_BANDS
        return torch.cat((kurtosis, skewness, spread, crest, flatness(bands)), dim=1)


def flatness(bands: Tensor) -> Tensor:
    """Geometric over arithmetic mean, in −dB/60 and at most 1: [rows, 1]. Silence gives 1."""
    mean_log = torch.log(torch.clamp(bands, min=SILENT_POWER)).mean(dim=1, keepdim=True)
    log_mean = torch.log(torch.clamp(bands.mean(dim=1, keepdim=True), min=SILENT_POWER))
    flat = torch.clamp((log_mean - mean_log) * (10 / 60 / float(np.log(10))), max=1.0)
    return torch.where(bands.amin(dim=1, keepdim=True) > SILENT_POWER, flat, 1.0)
