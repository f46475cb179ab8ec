"""Auto-adaptive resonance equalizer: the signal part."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from .bands import (
    BAND_CENTERS_HZ,
    BANDS_PER_OCTAVE,
    HIGHEST_HZ,
    LOWEST_HZ,
    N_BANDS,
    LogBands,
    band_widths_hz,
)
from .control import Control
from .dft import RealDFT
from .iso226 import equal_loudness_contour_db

LISTENING_LEVEL_PHON = 80.0
DFT_SIZE = 4096
DETECTION_MS = 100.0
NOISE_MARGIN = 1.0
EDGE_OCTAVES = 1 / 6
# Added to the loudness-weighted power (full-scale sine at 1 kHz = 1): silence has no resonances.
FLOOR_POWER = 1e-14
_NEPER_PER_DB = math.log(10) / 10
_SIGMA_OF_FWHM = 1 / (2 * math.sqrt(2 * math.log(2)))
_LARGEST_WIDTH_OCTAVES = 2.0

CONTROLS = (
    Control("attenuation", "Attenuation", "", "linear", 0.0, 1.0, 0.19),
    Control("low_hz", "Low limit", "Hz", "log", LOWEST_HZ, HIGHEST_HZ, LOWEST_HZ),
    Control("high_hz", "High limit", "Hz", "log", LOWEST_HZ, HIGHEST_HZ, HIGHEST_HZ),
    Control("attack_ms", "Attack", "ms", "log", 1.0, 500.0, 20.0),
    Control("release_ms", "Release", "ms", "log", 5.0, 2000.0, 80.0),
    Control(
        "width_octaves", "Smoothing width", "octaves", "log", 0.25, _LARGEST_WIDTH_OCTAVES, 0.5
    ),
    Control("delta", "Delta", "", "switch", 0.0, 1.0, 0.0),
)


def _noise_deviation_db(
    sample_rate_hz: int, frame_size: int, hop_size: int, detection_ms: float
) -> NDArray[np.float64]:
    """Standard deviation [400] that the time-averaged level of each band has on steady noise.

    The mean of k independent bin powers is Gamma-distributed, and its logarithm has the variance
    ψ1(k). Averaging over time with a one-pole c leaves (1 − c)/(1 + c) · (1 + 2 Σ c^m ρ_m) of the
    variance, where ρ_m is the power correlation of frames m hops apart.
    """
    noise_bandwidth_hz = 1.5 * sample_rate_hz / frame_size  # of a Hann window
    k = torch.tensor(np.maximum(band_widths_hz() / noise_bandwidth_hz, 1))
    deviation_db = torch.polygamma(1, k).sqrt().numpy() / _NEPER_PER_DB

    window = np.hanning(frame_size + 1)[:-1]
    c = math.exp(-1000 * hop_size / sample_rate_hz / detection_ms)
    correlation = 0.0
    for m in range(1, -(-frame_size // hop_size)):
        shift = m * hop_size
        rho = np.sum(window[shift:] * window[:-shift]) / np.sum(window**2)
        correlation += 2 * c**m * rho**2
    left: NDArray[np.float64] = deviation_db * math.sqrt((1 - c) / (1 + c) * (1 + correlation))
    return left


class ResonanceEQ(nn.Module):
    """Frame graph."""

    controls = CONTROLS
    weight: Tensor
    offset_octaves: Tensor
    ones: Tensor
    band_octave: Tensor
    noise_db: Tensor

    def __init__(self, sample_rate_hz: int, frame_size: int = 3072, hop_size: int = 1024) -> None:
        super().__init__()
        self.sample_rate_hz = sample_rate_hz
        self.frame_size = frame_size
        self.hop_size = hop_size
        self.hop_ms = 1000 * hop_size / sample_rate_hz
        self.detection = math.exp(-self.hop_ms / DETECTION_MS)
        self.dft = RealDFT(frame_size, DFT_SIZE)
        self.bands = LogBands(self.dft, sample_rate_hz)

        slot_hz = self.dft.bin_of_slot.ravel() * (sample_rate_hz / DFT_SIZE)
        contour_db = equal_loudness_contour_db(slot_hz, LISTENING_LEVEL_PHON)
        full_scale = (frame_size / 4) ** 2  # power of a Hann-windowed sine of amplitude 1
        reach = math.ceil(3 * _SIGMA_OF_FWHM * _LARGEST_WIDTH_OCTAVES * BANDS_PER_OCTAVE)
        for name, values in (
            ("weight", 10 ** ((LISTENING_LEVEL_PHON - contour_db) / 10) / full_scale),
            ("offset_octaves", np.arange(-reach, reach + 1)[None, None] / BANDS_PER_OCTAVE),
            ("ones", np.ones((1, 1, N_BANDS))),
            ("band_octave", np.log2(BAND_CENTERS_HZ)[None]),
            (
                "noise_db",
                NOISE_MARGIN
                * _noise_deviation_db(sample_rate_hz, frame_size, hop_size, DETECTION_MS)[None],
            ),
        ):
            self.register_buffer(name, torch.tensor(values, dtype=torch.float32))

    def initial_state(self) -> dict[str, Tensor]:
        """State before the first frame: zeros [1, 400] each."""
        return {"excess_db": torch.zeros(1, N_BANDS), "resonance_db": torch.zeros(1, N_BANDS)}

    def forward(
        self,
        frame: Tensor,
        attenuation: Tensor,
        low_hz: Tensor,
        high_hz: Tensor,
        attack_ms: Tensor,
        release_ms: Tensor,
        width_octaves: Tensor,
        delta: Tensor,
        excess_db: Tensor,
        resonance_db: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        spectrum = self.dft(frame)
        excess = self.excess_over_neighbourhood_db(spectrum, width_octaves)
        next_excess_db = excess + self.detection * (excess_db - excess)
        resonance = self.above_noise_db(next_excess_db)
        next_resonance_db = self.attack_release(resonance, resonance_db, attack_ms, release_ms)

        cut_db = attenuation * self.within(low_hz, high_hz) * next_resonance_db
        removed = self.dft.inverse(spectrum * self.removed_gain(cut_db))
        # At attenuation 0 `removed` is exactly zero, so the frame comes back bit for bit.
        frame_out = (1 - delta) * frame + (2 * delta - 1) * removed
        return frame_out, next_excess_db, next_resonance_db

    def excess_over_neighbourhood_db(self, spectrum: Tensor, width_octaves: Tensor) -> Tensor:
        power = (spectrum * spectrum).sum(dim=2).mean(dim=0).reshape(1, -1)
        return self.excess_of_power(power, width_octaves)

    def excess_of_power(self, power: Tensor, width_octaves: Tensor) -> Tensor:
        """e − g in dB [1, 400]: how far each band stands out of its smoothed neighbourhood."""
        levels_db = self.bands.levels_db(power * self.weight + FLOOR_POWER)
        distance = self.offset_octaves / (_SIGMA_OF_FWHM * width_octaves)
        kernel = torch.exp(-0.5 * distance * distance)
        reach = self.offset_octaves.shape[2] // 2
        total = nn.functional.conv1d(levels_db[:, None], kernel, padding=reach)
        # Beyond the first and last band there is nothing to average: divide by what was there.
        present = nn.functional.conv1d(self.ones, kernel, padding=reach)
        return levels_db - (total / present)[:, 0]

    def above_noise_db(self, excess_db: Tensor) -> Tensor:
        """Excess beyond what noise alone shows, by the non-negative garrote x − θ²/x."""
        large = torch.maximum(excess_db, self.noise_db)
        return large - self.noise_db * self.noise_db / large

    def attack_release(
        self, resonance: Tensor, previous: Tensor, attack_ms: Tensor, release_ms: Tensor
    ) -> Tensor:
        keep = torch.where(
            resonance > previous,
            torch.exp(-self.hop_ms / attack_ms),
            torch.exp(-self.hop_ms / release_ms),
        )
        return resonance + keep * (previous - resonance)

    def within(self, low_hz: Tensor, high_hz: Tensor) -> Tensor:
        """1 between the limits, 0 outside, ramps inside [1, 400]."""
        step = 1 / BANDS_PER_OCTAVE
        above = (self.band_octave - torch.log2(low_hz) - step) / EDGE_OCTAVES
        below = (torch.log2(high_hz) - step - self.band_octave) / EDGE_OCTAVES
        return torch.clamp(torch.minimum(above, below), 0.0, 1.0)

    def removed_gain(self, cut_db: Tensor) -> Tensor:
        """1 − amplitude gain at every place of a spectrum [33, 1, 64]."""
        scale = self.bands.to_slots(torch.exp(-_NEPER_PER_DB * cut_db))
        return (1 - torch.sqrt(scale)).reshape(-1, self.dft.half_rows, 1, 64)
