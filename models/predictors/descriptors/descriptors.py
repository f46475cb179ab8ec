"""97 descriptors × 7 statistics of half a second of stereo."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .bark import BarkBands, BarkShape
from .cepstrum import Cepstrum
from .contrast import SpectralContrast
from .energy import Flux, RollOff, SpectralEnergy, StrongPeak
from .frames import FRAME_SAMPLES, N_FRAMES, overlapping
from .gammatone import gammatone_filters
from .harmonicity import HarmonicsToNoise
from .harmonics import Harmonics
from .mel import mel_filters
from .pitch import Pitch
from .salience import PitchSalience
from .spectrum import MagnitudeSpectrum
from .statistics import STATISTICS, statistics
from .waveform import SilenceRate, StereoWidth, ZeroCrossingRate

# In the order of the parts in `Descriptors.per_frame`.
DESCRIPTORS = (
    *(f"mfcc {i}" for i in range(13)),
    *(f"gfcc {i}" for i in range(13)),
    *(f"bark band {i}" for i in range(27)),
    *("bark kurtosis", "bark skewness", "bark spread", "crest", "flatness"),
    *(f"contrast {i}" for i in range(6)),
    *(f"valley {i}" for i in range(6)),
    *("energy", "rms", "high-frequency content", "decrease"),
    *("band 20-150 Hz", "band 150-800 Hz", "band 800-4000 Hz", "band 4-20 kHz"),
    *("roll-off", "flux", "strong peak"),
    *("pitch", "pitch confidence", "pitch salience"),
    *("inharmonicity", "odd to even", "tristimulus 0", "tristimulus 1", "tristimulus 2"),
    "complexity",
    "harmonics to noise",
    *("zero crossings", "silence 20 dB", "silence 30 dB", "silence 60 dB"),
    *("stereo correlation", "stereo difference"),
)
# Standard deviations that count as none. Cepstra near 0 are differences of levels in dB, and round
# like those.
MIN_DB, LEAST = 0.01, 1e-12
VALUES = tuple(f"{name}, {statistic}" for name in DESCRIPTORS for statistic in STATISTICS)


class Descriptors(nn.Module):
    """Audio [batch, 2, 22050] at 44.1 kHz → values [batch, 679], named in `VALUES`."""

    least: Tensor

    def __init__(self) -> None:
        super().__init__()
        least = [MIN_DB if "fcc" in name else LEAST for name in DESCRIPTORS]
        self.register_buffer("least", torch.tensor(least)[:, None])
        self.spectrum = MagnitudeSpectrum()
        self.mfcc = Cepstrum(mel_filters())
        self.gfcc = Cepstrum(gammatone_filters())
        self.bark_bands = BarkBands()
        self.bark_shape = BarkShape()
        self.contrast = SpectralContrast()
        self.energy = SpectralEnergy()
        self.roll_off = RollOff()
        self.flux = Flux()
        self.strong_peak = StrongPeak()
        self.pitch = Pitch()
        self.salience = PitchSalience()
        self.harmonics = Harmonics()
        self.harmonics_to_noise = HarmonicsToNoise()
        self.zero_crossings = ZeroCrossingRate()
        self.silence = SilenceRate()
        self.stereo_width = StereoWidth()

    def forward(self, audio: Tensor) -> Tensor:
        """Statistics of each descriptor over the frames."""
        return torch.flatten(statistics(self.per_frame(audio), self.least), 1)

    def per_frame(self, audio: Tensor) -> Tensor:
        """Descriptors [batch, 97, frames], named in `DESCRIPTORS`."""
        frames = overlapping(audio)
        left = frames[:, 0].reshape(-1, FRAME_SAMPLES)
        right = frames[:, 1].reshape(-1, FRAME_SAMPLES)
        mono = (left + right) / 2
        magnitude = self.spectrum(mono)
        bands = self.bark_bands(magnitude)
        pitch = self.pitch(magnitude)
        parts = (
            self.mfcc(magnitude),
            self.gfcc(magnitude),
            bands,
            self.bark_shape(bands),
            self.contrast(magnitude),
            self.energy(magnitude),
            self.roll_off(magnitude),
            self.flux(magnitude),
            self.strong_peak(magnitude),
            pitch,
            self.salience(magnitude),
            self.harmonics(magnitude, pitch[:, :1]),
            self.harmonics_to_noise(mono),
            self.zero_crossings(mono),
            self.silence(mono),
            self.stereo_width(left, right),
        )
        rows = torch.cat(parts, dim=1)
        return rows.reshape(-1, N_FRAMES, len(DESCRIPTORS)).transpose(1, 2)
