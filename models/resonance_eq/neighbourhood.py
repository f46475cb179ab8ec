"""What surrounds each band: levels smoothed over log frequency, without the band itself."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from .bands import BANDS_PER_OCTAVE, N_BANDS

# Around each band, this much (at half height) does not count as its neighbourhood.
GAP_OCTAVES = 0.3
WIDEST_OCTAVES = 2.0

_SIGMA_PER_FWHM = 1 / math.sqrt(8 * math.log(2))
# A runtime writes a convolution's input out once for each tap, 205 times here, and only then
# multiplies. Eight bands at a time are 27 times eight: a fifth of the time.
_PHASES = 8


class Neighbourhood(nn.Module):
    """Averages levels in dB by a Gaussian over log frequency with a gap in its middle.

    It ends where the bands end: an average over those that are there.
    """

    octaves: Tensor
    gap: Tensor
    everywhere: Tensor

    def __init__(self) -> None:
        super().__init__()
        reach = math.ceil(3 * _SIGMA_PER_FWHM * WIDEST_OCTAVES * BANDS_PER_OCTAVE)
        steps = math.ceil((reach + _PHASES - 1) / _PHASES)
        to, from_ = np.arange(_PHASES)[:, None, None], np.arange(_PHASES)[None, :, None]
        distance = _PHASES * np.arange(-steps, steps + 1) + from_ - to
        octaves = distance / BANDS_PER_OCTAVE
        gap = 1 - np.exp(-0.5 * (octaves / (_SIGMA_PER_FWHM * GAP_OCTAVES)) ** 2)
        for name, values in (
            ("octaves", octaves),  # [8 phases to, 8 from, steps]
            ("gap", np.where(np.abs(distance) <= reach, gap, 0.0)),
            ("everywhere", np.ones((1, N_BANDS))),
        ):
            self.register_buffer(name, torch.tensor(values, dtype=torch.float32))

    def forward(self, level_db: Tensor, width_octaves: Tensor) -> Tensor:
        """Neighbourhood in dB [n, 400] of `level_db` [n, 400], so wide at half height."""
        distance = self.octaves / (_SIGMA_PER_FWHM * width_octaves)
        kernel = self.gap * torch.exp(-0.5 * distance * distance)
        bands = torch.cat((level_db, self.everywhere))
        phases = bands.reshape(-1, N_BANDS // _PHASES, _PHASES).transpose(1, 2)
        total = nn.functional.conv1d(phases, kernel, padding=kernel.shape[2] // 2)
        total = total.transpose(1, 2).reshape(-1, N_BANDS)
        return total[:-1] / total[-1:]
