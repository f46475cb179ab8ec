"""What stands out of its spectral neighbourhood: the stages that both resonance equalizers share.

Grachten, Deruty and Tanguy, "Auto-adaptive resonance equalization using dilated residual networks"
(2018), section 2. Each frame:

    spectrum ─ power, mean over channels ─ loudness weighting ─ average over time
             ─ 400 log-spaced bands: level e ─ minus its smoothed neighbourhood g
             ─ what noise would show anyway taken off: resonances in dB
             ─ attack and release ─ × attenuation ─ per bin ─ sharpened: cut in dB

The paper leaves open how to smooth, how to average and what to do about noise. Our choices, made by
trial on real recordings; `tonecast.benchmarks.quality.resonance_quality` measures the outcome:

- **Neighbourhood**: a Gaussian over log frequency, 0.6 octaves wide at half height by default, with
  a gap of 0.3 octaves around the band itself. Without the gap a resonance raises what it is
  compared with: to find as much takes twice the width, which takes more off everything else.
- **Average over time**: power, one-pole, 400 ms (without latency 500). A note's onset outweighs
  what came before, so a ringing attack is caught in its first frame; steady noise averages out, and
  so do melodies: notes move, resonances stay. Half as long finds no more and takes more off music;
  twice as long takes off less still, but forgets what was 20 dB louder after 3.7 s rather than 1.8.
  Averaging decibels instead lets quiet frames count as much, and finds a third as much on plucked
  and struck notes.
- **Noise**: one frame's log spectrum of noise scatters by 5.6 dB, and a rule that takes all of it
  for resonance colours white noise by 1.7 dB at attenuation 0.5. What scatter the averages leave is
  known in closed form (`_noise_scatter_db`) and taken off by the non-negative garrote, x − θ²/x,
  which silences noise and leaves strong resonances as they are.
- **Attack and release**: 5 ms and 150 ms act on the resonances in dB. The average has taken out the
  noise already, so a slower attack would only let onsets through.
- **Sharpening**: the frame blurs the spectrum in which a narrow resonance is found, and what plays
  the cut may blur it once more. The blur is known (`sharpening.py`); some of what it takes from the
  cut is added to it. On narrow peaks the cut may thus exceed the excess.
- **Low limit**: 150 Hz by default. A 64 ms frame blurs a tone over 62 Hz; further down, a bass note
  alone fills the neighbourhood, and looks like a resonance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ...export.dft import RealDFT
from ...plugin_core.effect_files.contract import Control
from ..iso226 import equal_loudness_contour_db
from .bands import (
    BAND_CENTERS_HZ,
    BANDS_PER_OCTAVE,
    DB_PER_NEPER,
    MAX_HZ,
    MIN_HZ,
    N_BANDS,
    LogBands,
    band_widths_hz,
)
from .neighbourhood import WIDEST_OCTAVES, Neighbourhood
from .sharpening import sharpening

LISTENING_LEVEL_PHON = 80.0
# The limits of the frequency range are ramps this wide, inside the range.
EDGE_OCTAVES = 1 / 6
# Added to the power (a full-scale sine at 1 kHz has 1): below −140 dB all is flat, and log(0) away.
# Lower down, single precision rounds bins beside loud ones differently on every machine.
FLOOR_POWER = 1e-14


@dataclass(frozen=True)
class Analysis:
    """How a form of the equalizer listens: what its latency allows, and what plays its cuts."""

    frame_size: int
    hop_size: int
    dft_size: int
    average_ms: float
    sharpening_factor: float
    blurs: int  # of a cut: 1 where only the analysis blurs, 2 where what plays it does, too


class Resonances(nn.Module):
    """Finds what stands out of its spectral neighbourhood, all channels alike.

    `initial_state` gives the state before the first frame. Frames are taken every `hop_size`
    samples, Hann-windowed: the time constants hold for that hop only.
    """

    controls = (
        Control("attenuation", "Attenuation", "", "linear", 0.0, 1.0, 0.19, "attenuation-live"),
        Control("low_hz", "Low limit", "Hz", "log", MIN_HZ, MAX_HZ, 150.0),
        Control("high_hz", "High limit", "Hz", "log", MIN_HZ, MAX_HZ, MAX_HZ),
        Control("attack_ms", "Attack", "ms", "log", 1.0, 500.0, 5.0),
        Control("release_ms", "Release", "ms", "log", 5.0, 2000.0, 150.0),
        Control("width_octaves", "Smoothing width", "octaves", "log", 0.25, WIDEST_OCTAVES, 0.6),
        Control("delta", "Delta", "", "switch", 0.0, 1.0, 0.0),
    )

    loudness_weight: Tensor
    noise_scatter_db: Tensor
    band_octave: Tensor
    sharpening: Tensor

    def __init__(self, sample_rate_hz: int, analysis: Analysis) -> None:
        """Raise ValueError below 44.1 kHz, or where `RealDFT` cannot transform such frames."""
        super().__init__()
        self.sample_rate_hz = sample_rate_hz
        self.frame_size = frame_size = analysis.frame_size
        self.hop_size = hop_size = analysis.hop_size
        self.hop_ms = 1000 * hop_size / sample_rate_hz
        self.average_keep = math.exp(-self.hop_ms / analysis.average_ms)
        self.dft = RealDFT(frame_size, analysis.dft_size)
        self.bands = LogBands(self.dft, sample_rate_hz)
        self.neighbourhood = Neighbourhood()

        slot_hz = np.asarray(
            self.dft.bin_of_slot.ravel() * sample_rate_hz / self.dft.size, np.float64
        )
        contour_db = equal_loudness_contour_db(slot_hz, LISTENING_LEVEL_PHON)
        full_scale_power = (frame_size / 4) ** 2 / 2  # half of a Hann-windowed sine's
        weight = 10 ** ((LISTENING_LEVEL_PHON - contour_db) / 10) / full_scale_power
        scatter_db = _noise_scatter_db(sample_rate_hz, frame_size, hop_size, self.average_keep)
        kernel = sharpening(frame_size, self.dft.size, analysis.sharpening_factor, analysis.blurs)
        for name, values in (
            ("loudness_weight", weight[None]),
            ("noise_scatter_db", scatter_db[None]),
            ("band_octave", np.log2(BAND_CENTERS_HZ)[None]),
            ("sharpening", kernel[None, None]),
        ):
            self.register_buffer(name, torch.tensor(values, dtype=torch.float32))

    def initial_state(self) -> dict[str, Tensor]:
        """Zeros: the average power [1, slots] and the resonances in dB [1, 400]."""
        slots = self.loudness_weight.shape[1]
        return {"power": torch.zeros(1, slots), "resonance_db": torch.zeros(1, N_BANDS)}

    def cut_in_bins_db(
        self,
        spectrum: Tensor,
        attenuation: Tensor,
        low_hz: Tensor,
        high_hz: Tensor,
        attack_ms: Tensor,
        release_ms: Tensor,
        width_octaves: Tensor,
        power: Tensor,
        resonance_db: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What to cut of a frame's spectrum [channels, …]: dB [1, bins], and the next state."""
        next_power = self.average_power(spectrum, power)
        found_db = self.above_noise_db(self.excess_db(next_power, width_octaves))
        next_resonance_db = self.attack_release(found_db, resonance_db, attack_ms, release_ms)

        cut_db = attenuation * self.in_range(low_hz, high_hz) * next_resonance_db
        return self.sharp_in_bins(cut_db), next_power, next_resonance_db

    def average_power(self, spectrum: Tensor, previous: Tensor) -> Tensor:
        """Loudness-weighted power, channels linked, averaged over time: [1, slots]."""
        power = (spectrum * spectrum).mean(dim=(0, 2)).reshape(1, -1)  # half of it
        weighted = power * self.loudness_weight + FLOOR_POWER
        return weighted + self.average_keep * (previous - weighted)

    def excess_db(self, power: Tensor, width_octaves: Tensor) -> Tensor:
        """How far each band of `power` [n, slots] stands out of its neighbourhood: [n, 400]."""
        level_db = self.bands.levels_db(power)
        surrounding_db: Tensor = self.neighbourhood(level_db, width_octaves)
        return level_db - surrounding_db

    def above_noise_db(self, excess_db: Tensor) -> Tensor:
        """Excess that steady noise would not show, by the non-negative garrote (Gao 1998)."""
        at_least = torch.maximum(excess_db, self.noise_scatter_db)
        return at_least - self.noise_scatter_db * self.noise_scatter_db / at_least

    def attack_release(
        self, found_db: Tensor, previous_db: Tensor, attack_ms: Tensor, release_ms: Tensor
    ) -> Tensor:
        """Follow rising resonances with the attack, falling ones with the release: [1, 400]."""
        keep = torch.where(
            found_db > previous_db,
            torch.exp(-self.hop_ms / attack_ms),
            torch.exp(-self.hop_ms / release_ms),
        )
        return found_db + keep * (previous_db - found_db)

    def in_range(self, low_hz: Tensor, high_hz: Tensor) -> Tensor:
        """1 between the limits and 0 outside, where no bin may be touched: [1, 400]."""
        # One band further in, because bins interpolate between neighbouring bands.
        inset = 1 / BANDS_PER_OCTAVE
        above_low = self.band_octave - torch.log2(low_hz) - inset
        below_high = torch.log2(high_hz) - self.band_octave - inset
        return torch.clamp(torch.minimum(above_low, below_high) / EDGE_OCTAVES, 0.0, 1.0)

    def sharp_in_bins(self, cut_db: Tensor) -> Tensor:
        """Cuts of the bands [n, 400] in dB, sharpened, in every bin: [n, bins].

        Beside a peak, sharpening would turn cuts into boosts: nothing is ever boosted.
        """
        bins_db = self.bands.to_bins(cut_db)[:, None]
        reach = self.sharpening.shape[2] // 2
        return torch.relu(nn.functional.conv1d(bins_db, self.sharpening, padding=reach))[:, 0]


def _noise_scatter_db(
    sample_rate_hz: int, frame_size: int, hop_size: int, keep: float
) -> NDArray[np.float64]:
    """Standard deviation [400] of each band's level in dB on steady noise.

    The mean of k independent powers is Gamma-distributed, and its natural logarithm has variance
    ψ1(k), the trigamma function. A band holds as many as it is wide in noise bandwidths of the
    window, at least one. A one-pole average keeps (1 − c)/(1 + c) · (1 + 2 Σ c^m ρ_m) of the
    variance, with ρ_m the correlation of powers m hops apart, which is that of the overlapping
    windows squared.
    """
    window = np.hanning(frame_size + 1)[:-1]
    energy = np.sum(window**2)
    noise_bandwidth_hz = sample_rate_hz * energy / np.sum(window) ** 2
    per_frame = np.maximum(band_widths_hz() / noise_bandwidth_hz, 1)

    shared = 1.0
    for hops in range(1, math.ceil(frame_size / hop_size)):
        shift = hops * hop_size
        correlation = (np.sum(window[shift:] * window[:-shift]) / energy) ** 2
        shared += 2 * keep**hops * correlation
    independent = per_frame * (1 + keep) / (1 - keep) / shared
    variance: NDArray[np.float64] = torch.polygamma(1, torch.from_numpy(independent)).numpy()
    return DB_PER_NEPER * np.sqrt(variance)
