"""A plain running average: what the network starts from, and is compared with."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ...export.filters import OnePole

SILENT_DB = -50.0  # of all bands together: a frame below it counts for nothing
SOFT_DB = 3.0  # as gradually as this


class RunningMean(nn.Module):
    """The mean so far, which forgets with `time_s`: LP(a · x) / LP(a), with a = 0 in silence.

    The quotient makes it a true mean from the first frame on, not one with the silence before.
    """

    def __init__(self, time_s: float, frames_per_second: float) -> None:
        super().__init__()
        self.lowpass = OnePole(1 / (2 * math.pi * time_s), frames_per_second)
        self.lowpass.requires_grad_(False)

    def forward(self, x: Tensor, active: Tensor) -> tuple[Tensor, Tensor]:
        """Means [batch, rows, frames] of x alike, and how much was heard, [batch, 1, frames].

        That is 0 at the begin, and 1 after several times `time_s`. `active` is that of `activity`.
        """
        averaged = self.lowpass(torch.cat([active, active * x], dim=1))
        heard = averaged[:, :1]
        return averaged[:, 1:] / (heard + 1e-7), heard


def activity(power: Tensor) -> Tensor:
    """1 where there is sound, 0 in silence: [batch, 1, frames]."""
    level_db = 10 * torch.log10(power.sum(dim=1, keepdim=True) + 1e-12)
    return torch.sigmoid((level_db - SILENT_DB) / SOFT_DB)
