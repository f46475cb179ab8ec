"""Descriptors of the waveform: zero crossings, silence, stereo width."""

from __future__ import annotations

import torch
from torch import Tensor, nn

SILENCE_DB = (-20.0, -30.0, -60.0)
SILENT_POWER = 1e-12


class ZeroCrossingRate(nn.Module):
    """Frames [rows, samples] → changes of sign a sample [rows, 1]; zero counts as negative."""

    def forward(self, frames: Tensor) -> Tensor:
        """Compare neighbours."""
        positive = (frames > 0).to(frames.dtype)
        changes = torch.abs(positive[:, 1:] - positive[:, :-1])
        return changes.sum(dim=1, keepdim=True) / frames.shape[1]


class SilenceRate(nn.Module):
    """Frames [rows, samples] → 1 where the power is below −20, −30, −60 dB, else 0 [rows, 3].

    Decibels of power, full scale = 1. Essentia's extractor passes 10^(dB/20) as a power, so that
    its "20 dB" are 10.
    """

    threshold: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("threshold", 10 ** (torch.tensor(SILENCE_DB) / 10))

    def forward(self, frames: Tensor) -> Tensor:
        """The mean over frames is the rate."""
        power = (frames * frames).mean(dim=1, keepdim=True)
        return (power < self.threshold).to(frames.dtype)


class StereoWidth(nn.Module):
    """Frames left and right, [rows, samples] each → correlation, difference of RMS [rows, 2].

    Correlation is Pearson's, and 0 where a channel does not move.
    """

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        """Both are symmetric in the channels."""
        rms = [torch.sqrt((x * x).mean(dim=1, keepdim=True)) for x in (left, right)]
        left = left - left.mean(dim=1, keepdim=True)
        right = right - right.mean(dim=1, keepdim=True)
        deviations = [torch.sqrt((x * x).mean(dim=1, keepdim=True)) for x in (left, right)]
        product = deviations[0] * deviations[1]
        moving = product > SILENT_POWER
        together = (left * right).mean(dim=1, keepdim=True)
        correlation = torch.where(moving, together / torch.clamp(product, min=SILENT_POWER), 0.0)
        return torch.cat((torch.clamp(correlation, -1, 1), torch.abs(rms[0] - rms[1])), dim=1)
