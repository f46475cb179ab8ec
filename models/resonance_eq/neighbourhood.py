"""How far each band stands out: its level, less those around it smoothed over log frequency."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from .bands import BANDS_PER_OCTAVE, N_BANDS

# Around each band, this much (at half height) does not count as its neighbourhood.
GAP_OCTAVES = 0.3
WIDEST_OCTAVES = 2.0
BROADEST_OCTAVES = 1.0

_SIGMA_PER_FWHM = 1 / math.sqrt(8 * math.log(2))
# A runtime writes a convolution's input out once for each tap, 205 times here, and only then
# multiplies. Eight bands at a time are 27 times eight: a fifth of the time.
_PHASES = 8
# A Gaussian this wide is one at its own band and, in single precision, zero at all others.
_NARROWEST_OCTAVES = 1e-3


class Neighbourhood(nn.Module):
    """Compares levels in dB with their average by a Gaussian over log frequency with a gap.

    The average ends where the bands end: it is over those that are there.
    """

    octaves: Tensor
    reached: Tensor
    everywhere: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.reach_bands = math.ceil(3 * _SIGMA_PER_FWHM * WIDEST_OCTAVES * BANDS_PER_OCTAVE)
        steps = math.ceil((self.reach_bands + _PHASES - 1) / _PHASES)
        to, from_ = np.arange(_PHASES)[:, None, None], np.arange(_PHASES)[None, :, None]
        distance = _PHASES * np.arange(-steps, steps + 1) + from_ - to
        octaves = distance / BANDS_PER_OCTAVE
        for name, values in (
            ("octaves", octaves),  # [8 phases to, 8 from, steps]
            ("reached", np.abs(distance) <= self.reach_bands),
            ("everywhere", np.ones((1, N_BANDS))),
        ):
            self.register_buffer(name, torch.tensor(values, dtype=torch.float32))

    def forward(self, level_db: Tensor, width_octaves: Tensor, detail_octaves: Tensor) -> Tensor:
        """Excess in dB [n, 400] of `level_db` [n, 400] over a neighbourhood so wide at half height.

        With a detail above 0 the level is an average, too, over so many octaves, and neighbourhood
        and gap are as much wider.
        """
        gap = 1 - self._gaussian(GAP_OCTAVES + detail_octaves)
        around = self.reached * gap * self._gaussian(width_octaves + detail_octaves)
        itself = self._gaussian(torch.clamp(detail_octaves, min=_NARROWEST_OCTAVES))
        kernel = torch.cat((around, itself))

        bands = torch.cat((level_db, self.everywhere))
        phases = bands.reshape(-1, N_BANDS // _PHASES, _PHASES).transpose(1, 2)
        total = nn.functional.conv1d(phases, kernel, padding=kernel.shape[2] // 2)
        average_db = total[:-1] / total[-1:]
        excess_db = average_db[:, _PHASES:] - average_db[:, :_PHASES]
        return excess_db.transpose(1, 2).contiguous().view(-1, N_BANDS)

    def _gaussian(self, width_octaves: Tensor) -> Tensor:
        distance = self.octaves / (_SIGMA_PER_FWHM * width_octaves)
        return torch.exp(-0.5 * distance * distance)
