"""What a module that draws curves hears, and what is made of its curves."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ...plugin_core.errors import Error
from ..dft import COLUMNS

FLOOR_DB = -100.0  # single precision rounds bins beside loud ones differently on every machine
MIN_SAMPLES = 64  # of a frame and of a hop: the engine's
MAX_TRANSFORM_SAMPLES = 16_384


@dataclass(frozen=True)
class Curve:
    """How a module listens and filters; sizes in samples at the effect's own rate.

    It hears the last `frame_samples`, every `hop_samples`, as the level of each bin, and says with
    which gain to filter the sound of the next hop. The filters have `taps_samples`: what is
    narrower than the rate divided by that is smoothed. Gains above `max_gain_db` are held to it. A
    shorter frame follows sooner, a longer one tells more frequencies apart; the hop sets the cost.

    All channels share one curve, of their mean power; not `linked`, each has its own.
    """

    frame_samples: int = 2048
    hop_samples: int = 512
    taps_samples: int = 1024
    max_gain_db: float = 12.0
    linked: bool = True

    def __post_init__(self) -> None:
        """Raise tonecast.Error for sizes that cannot be played."""
        if self.frame_samples % COLUMNS or self.frame_samples < MIN_SAMPLES:
            raise Error(
                f"Curve: frame_samples={self.frame_samples} has to be a multiple of {COLUMNS}"
            )
        if not MIN_SAMPLES <= self.hop_samples <= self.frame_samples:
            raise Error(
                f"Curve: hop_samples={self.hop_samples} has to be {MIN_SAMPLES} to frame_samples, "
                f"{self.frame_samples}"
            )
        if self.transform_samples > MAX_TRANSFORM_SAMPLES:
            raise Error(
                f"Curve: frame_samples and taps_samples can be {MAX_TRANSFORM_SAMPLES} at most"
            )

    @property
    def transform_samples(self) -> int:
        """A power of two: the frame is padded with zeros to as many."""
        return 1 << (max(self.frame_samples, self.taps_samples, 2 * COLUMNS) - 1).bit_length()

    @property
    def bins(self) -> int:
        """From 0 Hz to half the rate: bin k is at k · rate / `transform_samples`."""
        return self.transform_samples // 2 + 1

    def frames_per_second(self, sample_rate: int) -> float:
        """The rate of the time axis that the module sees, in Hz: that of `tonecast.OnePole`."""
        return sample_rate / self.hop_samples

    def levels_db(self, sound: Tensor) -> Tensor:
        """What the module hears of a sound [channels, samples], for training.

        [1, bins, frames] of linked channels, [channels, bins, frames] otherwise: 0 dB is a sine at
        full scale, and nothing is below −100 dB. Frame k = 0, 1, … ends with sample (k + 1) ·
        `hop_samples` − 1; before the sound there is silence.
        """
        early = nn.functional.pad(sound, (self.frame_samples - self.hop_samples, 0))
        frames = early.unfold(-1, self.frame_samples, self.hop_samples)
        window = torch.hann_window(self.frame_samples, dtype=sound.dtype)
        spectrum = torch.fft.rfft(frames * window, self.transform_samples)
        power = spectrum.real.square() + spectrum.imag.square()
        return to_db(power, self).transpose(1, 2)


def to_db(power: Tensor, curve: Curve) -> Tensor:
    """Powers [channels, …] of Hann-windowed frames as levels [channels or 1, …]."""
    if curve.linked:
        power = power.mean(dim=0, keepdim=True)
    full_scale = (curve.frame_samples / 4) ** 2  # of a sine in the middle of a bin
    return 10 * torch.log10(power / full_scale + 10 ** (FLOOR_DB / 10))
