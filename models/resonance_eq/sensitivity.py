"""Where the equalizer works more, and where less: a curve that the user draws.

    four bells over log frequency + a tilt around 1 kHz: dB ─ as a factor of each band's cut

A cut of 6 dB becomes 12 dB where the curve is at +6 dB, and 0.06 dB where it is at −40 dB.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from ...plugin_core.effect_files.contract import Control
from .bands import BAND_CENTERS_HZ, MAX_HZ, MIN_HZ

N_BELLS = 4
PIVOT_HZ = 1000.0
LEAST_DB, MOST_DB = -40.0, 12.0
TILT = Control("sensitivity_tilt_db", "Sensitivity tilt per octave", "dB", "linear", -6.0, 6.0, 0.0)

_NEPERS_PER_DB = math.log(10) / 20
# exp(−x²/w² · this) is one half at x = w/2.
_HALF_AT_HALF_WIDTH = 4 * math.log(2)


def _bell(number: int, default_hz: float) -> tuple[Control, ...]:
    name, label = f"sensitivity_{number}", f"Sensitivity {number}"
    return (
        Control(f"{name}_hz", f"{label} at", "Hz", "log", MIN_HZ, MAX_HZ, default_hz),
        Control(f"{name}_db", label, "dB", "linear", LEAST_DB, MOST_DB, 0.0),
        Control(f"{name}_octaves", f"{label} width", "octaves", "log", 0.1, 4.0, 1.0),
    )


BELLS = tuple(_bell(i + 1, hz) for i, hz in enumerate((150.0, 600.0, 2400.0, 9600.0)))


class Sensitivity(nn.Module):
    """Turns the bells and the tilt into a factor for each of the 400 bands."""

    band_octave: Tensor

    def __init__(self) -> None:
        super().__init__()
        octaves = np.log2(BAND_CENTERS_HZ / PIVOT_HZ)[None]
        self.register_buffer("band_octave", torch.tensor(octaves, dtype=torch.float32))

    def forward(self, at_hz: Tensor, bell_db: Tensor, octaves: Tensor, tilt_db: Tensor) -> Tensor:
        """Factor [1, 400] of bells [4], each with place, height and width, and a scalar tilt.

        Exactly 1 where all is at 0 dB.
        """
        distance = self.band_octave - torch.log2(at_hz / PIVOT_HZ)[:, None]
        far = (distance / octaves[:, None]) ** 2
        bells_db = bell_db[None] @ torch.exp(-_HALF_AT_HALF_WIDTH * far)
        curve_db = bells_db + tilt_db * self.band_octave
        return torch.exp(_NEPERS_PER_DB * torch.clamp(curve_db, LEAST_DB, MOST_DB))
