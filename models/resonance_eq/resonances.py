"""What stands out of its spectral neighbourhood: the stages that both resonance equalizers share.

Grachten, Deruty and Tanguy, "Auto-adaptive resonance equalization using dilated residual networks"
(2018), section 2. Each frame:

    spectrum ─ power, linked among channels ─ loudness weighting ─ average over time
             ─ 400 log-spaced bands: level e ─ minus its smoothed neighbourhood g
             ─ what noise would show anyway taken off: resonances in dB
             ─ attack and release ─ those above the threshold ─ × attenuation, sensitivity, range
             ─ per bin ─ sharpened ─ no more than the largest cut: cut in dB

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
- **Detail**: resonances as broad as `detail_octaves` are found by comparing the level over as many
  octaves with a neighbourhood, and around a gap, that are as much wider.
- **Link**: at 1 all channels are cut alike, by what stands out of their mean power; at 0 each by
  what stands out of its own.
- **Low limit**: 150 Hz by default. A 64 ms frame blurs a tone over 62 Hz; further down, a bass note
  alone fills the neighbourhood, and looks like a resonance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
from .neighbourhood import BROADEST_OCTAVES, WIDEST_OCTAVES, Neighbourhood
from .selection import selected_db
from .sensitivity import BELLS, TILT, Sensitivity
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
    strength: float  # cuts are this much deeper than what they answer
    blurs: int  # of a cut: 1 where only the analysis blurs, 2 where what plays it does, too


class Resonances(nn.Module):
    """Finds what stands out of its spectral neighbourhood.

    Frames are taken every `hop_size` samples, Hann-windowed: the time constants hold for that hop
    only.
    """

    controls = (
        Control("attenuation", "Attenuation", "", "linear", 0.0, 1.0, 0.19, "attenuation-live"),
        Control("low_hz", "Low limit", "Hz", "log", MIN_HZ, MAX_HZ, 150.0),
        Control("high_hz", "High limit", "Hz", "log", MIN_HZ, MAX_HZ, MAX_HZ),
        Control("attack_ms", "Attack", "ms", "log", 1.0, 500.0, 5.0),
        Control("release_ms", "Release", "ms", "log", 5.0, 2000.0, 150.0),
        Control("width_octaves", "Smoothing width", "octaves", "log", 0.25, WIDEST_OCTAVES, 0.6),
        *(control for bell in BELLS for control in bell),
        TILT,
        Control("detail_octaves", "Detail", "octaves", "linear", 0.0, BROADEST_OCTAVES, 0.0),
        Control("threshold_db", "Threshold", "dB", "linear", 0.0, 24.0, 0.0),
        Control("hardness", "Hardness", "", "linear", 0.0, 1.0, 0.0),
        Control("max_cut_db", "Largest cut", "dB", "linear", 0.0, 60.0, 60.0),
        Control("link", "Stereo link", "", "linear", 0.0, 1.0, 1.0),
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
        self.sensitivity = Sensitivity()
        self.strength = analysis.strength

        self.slots = self.dft.bin_of_slot.size
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

    @property
    def graph_controls(self) -> tuple[Control, ...]:
        """Those that are inputs of the graph."""
        return self.controls

    def by_name(self, controls_and_state: Sequence[Tensor]) -> dict[str, Tensor]:
        """What a frame is played with, in the order of `graph_controls` and `state_shapes`."""
        names = (*(control.name for control in self.graph_controls), *self.state_shapes())
        return dict(zip(names, controls_and_state, strict=True))

    def state_shapes(self) -> dict[str, tuple[int | str, ...]]:
        """Of the average power and the resonances in dB, of each channel; zeros at first."""
        return {"power": ("channels", self.slots), "resonance_db": ("channels", N_BANDS)}

    def cut_in_bins_db(
        self, spectrum: Tensor, given: Mapping[str, Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What to cut of a frame's spectrum [channels, …]: dB [channels, bins], and the next state.

        `given` has the controls, scalars, and the state, by their names.
        """
        power = self.average_power(spectrum, given["link"], given["power"])
        excess_db = self.excess_db(power, given["width_octaves"], given["detail_octaves"])
        found_db = self.above_noise_db(excess_db)
        resonance_db = self.attack_release(
            found_db, given["resonance_db"], given["attack_ms"], given["release_ms"]
        )
        chosen_db = selected_db(resonance_db, given["threshold_db"], given["hardness"])

        share = given["attenuation"] * self.in_range(given["low_hz"], given["high_hz"])
        cut_db = self.strength * self.sharp_in_bins(share * self.sensitivity_of(given) * chosen_db)
        return torch.minimum(cut_db, given["max_cut_db"]), power, resonance_db

    def average_power(self, spectrum: Tensor, link: Tensor, previous: Tensor) -> Tensor:
        """Loudness-weighted power, channels linked, averaged over time: [channels, slots]."""
        own = (spectrum * spectrum).mean(dim=2).view(-1, self.slots)  # half of it
        power = link * own.mean(dim=0, keepdim=True) + (1 - link) * own
        weighted = power * self.loudness_weight + FLOOR_POWER
        return weighted + self.average_keep * (previous - weighted)

    def excess_db(self, power: Tensor, width_octaves: Tensor, detail_octaves: Tensor) -> Tensor:
        """How far each band of `power` [n, slots] stands out of its neighbourhood: [n, 400]."""
        excess_db: Tensor = self.neighbourhood(
            self.bands.levels_db(power), width_octaves, detail_octaves
        )
        return excess_db

    def sensitivity_of(self, given: Mapping[str, Tensor]) -> Tensor:
        """Factor [1, 400] of each band's cut, by the curve that the user draws."""
        at_hz, bell_db, octaves = (
            torch.stack([given[bell[i].name] for bell in BELLS]) for i in range(3)
        )
        factor: Tensor = self.sensitivity(at_hz, bell_db, octaves, given[TILT.name])
        return factor

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
