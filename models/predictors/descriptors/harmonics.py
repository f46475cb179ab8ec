"""Descriptors of the partials: inharmonicity, odd to even ratio, tristimulus; complexity."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .peaks import find_peaks
from .spectrum import BIN_HZ

MAX_HZ = 5000.0
N_HARMONICS = 20
TOLERANCE = 0.2  # of a harmonic's distance from the next
MAX_RATIO = 1000.0
AUDIBLE = 0.005  # magnitude from which a peak makes the spectrum complex
COMPLEX_FROM_HZ = 100.0
FAR = 1e6
SILENT_POWER = 1e-20


class Harmonics(nn.Module):
    """Peaks of the spectrum up to 5 kHz, and which of them are partials of the pitch.

    Magnitudes [rows, 1025] and pitch in Hz [rows, 1] → inharmonicity, odd to even, three of
    tristimulus, complexity [rows, 6].

    To each multiple of the pitch belongs the peak nearest to it, if no further than a fifth of the
    pitch. Complexity is the number of all audible peaks from 100 Hz on.

    As in Essentia, the first harmonic counts as even in "odd to even", and so on upwards: the ratio
    is that of harmonics 2, 4, 6 … to harmonics 1, 3, 5 ….
    """

    number: Tensor
    multiple: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.last = int(MAX_HZ / BIN_HZ) + 2
        self.register_buffer("number", torch.arange(1.0, self.last))
        self.register_buffer("multiple", torch.arange(1.0, N_HARMONICS + 1)[:, None])

    def forward(self, magnitude: Tensor, pitch_hz: Tensor) -> Tensor:
        """All pairs of a peak and a harmonic, at once."""
        peaks = find_peaks(magnitude[:, : self.last + 1])
        peak_hz = (self.number + peaks.offset) * BIN_HZ
        present = peaks.present & (peak_hz <= MAX_HZ)

        voiced = pitch_hz > 0
        known_hz = torch.where(voiced, pitch_hz, 1.0)
        ratio = torch.where(present, peak_hz / known_hz, FAR)
        distance = torch.abs(ratio[:, None] - self.multiple)
        nearest = torch.argmin(distance, dim=2)
        near = distance.amin(dim=2) <= TOLERANCE
        ideal_hz = known_hz * self.multiple[:, 0]
        harmonic_hz = torch.where(near, peak_hz.gather(1, nearest), ideal_hz)
        height = torch.where(near & voiced, peaks.height.gather(1, nearest), 0.0)

        complexity = (present & self._audible(magnitude)).to(magnitude.dtype)
        return torch.cat(
            (
                torch.where(voiced, inharmonicity(harmonic_hz, height), 0.0),
                odd_to_even(height),
                tristimulus(height),
                complexity.sum(dim=1, keepdim=True),
            ),
            dim=1,
        )

    def _audible(self, magnitude: Tensor) -> Tensor:
        inside = self.number >= COMPLEX_FROM_HZ / BIN_HZ
        return inside & (magnitude[:, 1 : self.last] > AUDIBLE)


def inharmonicity(harmonic_hz: Tensor, height: Tensor) -> Tensor:
    """Distance of the partials from multiples of the first, weighted by power: [rows, 1].

    0 for a harmonic sound and 1 without partials.
    """
    first_hz = harmonic_hz[:, :1]
    power = height * height
    astray_hz = torch.abs(harmonic_hz - torch.round(harmonic_hz / first_hz) * first_hz)
    total = power.sum(dim=1, keepdim=True)
    weighted = (astray_hz * power).sum(dim=1, keepdim=True)
    share = weighted / torch.clamp(total, min=SILENT_POWER) / first_hz
    return torch.where(total > SILENT_POWER, share, 1.0)


def odd_to_even(height: Tensor) -> Tensor:
    """Energy of every second harmonic over that of the others, at most 1000: [rows, 1]."""
    power = height * height
    others = power[:, 0::2].sum(dim=1, keepdim=True)
    seconds = power[:, 1::2].sum(dim=1, keepdim=True)
    ratio = torch.clamp(seconds / torch.clamp(others, min=SILENT_POWER), max=MAX_RATIO)
    alone = torch.where(seconds > 0.01, MAX_RATIO, 1.0)
    return torch.where(others > SILENT_POWER, ratio, alone)


def tristimulus(height: Tensor) -> Tensor:
    """Shares of the first harmonic, the next three, and the rest: [rows, 3] (Pollard 1982)."""
    total = torch.clamp(height.sum(dim=1, keepdim=True), min=SILENT_POWER)
    groups = (height[:, :1], height[:, 1:4], height[:, 4:])
    return torch.cat([group.sum(dim=1, keepdim=True) for group in groups], dim=1) / total
