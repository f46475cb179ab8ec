"""CAE: a convolutional autoencoder that learns an equalizer from examples.

Martínez Ramírez and Reiss, "End-to-end equalization with convolutional neural networks"
(DAFx 2018), section 3. One Hann-windowed frame goes in, one comes out; overlap-add needs no
further window. Section numbers below are the paper's.

    frame ─ filters: X1 ─┬──────────────────── × ─ transposed filters ─ frame
                         └ |·| ─ smoothing ─ pool: Z ─ latent layers: Ẑ ─ unpool: X̂2 ┘

What the paper leaves open and how it is settled here:

- **Softplus after the pool.** It grows with its argument, so the largest value of a pool is the
  same one before and after; one evaluation in sixteen is left.
- **First weights.** A bank of windowed cosines and sines, Hann windows to smooth with, latent
  layers that change nothing: training starts with a model that passes sound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...fourier_filters import fourier_filters
from .fft_conv import correlate_same
from .local_dense import LocalDense

# Softplus of zero: the gate of a frame too quiet to move it.
QUIET_GATE = math.log(2)


@dataclass(frozen=True)
class AutoencoderSize:
    """The shape of a model; the defaults are the paper's, for 16 kHz."""

    frame: int = 1024
    filters: int = 128
    filter_taps: int = 64
    smoothing_taps: int = 128
    pool: int = 16

    def __post_init__(self) -> None:
        """Raise ValueError for shapes that cannot be built."""
        if min(self.frame, self.filters, self.pool) < 1 or self.frame % self.pool:
            raise ValueError(
                f"A frame of {self.frame} samples cannot be pooled by {self.pool}: "
                f"choose a multiple."
            )
        if self.filters % 2 or min(self.filter_taps, self.smoothing_taps) < 2:
            raise ValueError("The number of filters must be even, and their length 2 or more.")
        if max(self.filter_taps, self.smoothing_taps) > self.frame:
            raise ValueError(f"Filters cannot be longer than the frame of {self.frame} samples.")

    @property
    def latent(self) -> int:
        """Values per row once pooled."""
        return self.frame // self.pool


class CAE(nn.Module):
    """Analysis filters, a gate computed from their envelopes, and the same filters transposed."""

    def __init__(self, size: AutoencoderSize | None = None) -> None:
        super().__init__()
        self.size = size = size or AutoencoderSize()
        self.filters = nn.Parameter(_first_filters(size))
        self.filter_bias = nn.Parameter(torch.zeros(size.filters))
        average = torch.hann_window(size.smoothing_taps + 2, periodic=False)[1:-1]
        self.smoothing = nn.Parameter((average / average.sum()).repeat(size.filters, 1))
        self.smoothing_bias = nn.Parameter(torch.zeros(size.filters))
        self.local = LocalDense(size.filters, size.latent)
        self.shared = nn.Linear(size.latent, size.latent)
        with torch.no_grad():
            self.shared.weight.copy_(torch.eye(size.latent))
            self.shared.bias.zero_()

    def forward(self, frame: Tensor) -> Tensor:
        """The whole model: windowed frames [batch, frame] in and out."""
        x1 = self.analyse(frame)
        envelope, place = self.pooled_envelope(x1)
        return self.synthesise(self.shape(self.gated(x1, place, self.latent(envelope))))

    def reconstruct(self, frame: Tensor) -> Tensor:
        """Step 1 of training: the convolutions alone, latent layers left out (section 3.1)."""
        x1 = self.analyse(frame)
        envelope, place = self.pooled_envelope(x1)
        return self.synthesise(self.gated(x1, place, envelope))

    def analyse(self, frame: Tensor) -> Tensor:
        """X1 [batch, filters, frame]: learned band-pass signals."""
        return correlate_same(frame[:, None], self.filters) + self.filter_bias[:, None]

    def pooled_envelope(self, x1: Tensor) -> tuple[Tensor, Tensor]:
        """Z [batch, filters, latent] and where in the frame each of its values stood.

        The envelope of each row, smoothed by a filter of its own; of every `pool` samples the
        largest, the first of equals.
        """
        size = self.size
        smooth = correlate_same(x1.abs(), self.smoothing)
        pools = smooth.reshape(-1, size.filters, size.latent, size.pool)
        largest, inside = pools.max(dim=3)
        start = torch.arange(0, size.frame, size.pool, device=inside.device)
        return functional.softplus(largest + self.smoothing_bias[:, None]), inside + start

    def latent(self, envelope: Tensor) -> Tensor:
        """Ẑ [batch, filters, latent] from Z: two dense layers, per row and shared by rows.

        They see how far a value is above the quiet gate. It is the same layer with another bias,
        but one that can be trained: else all inputs are 0.7 and more, and the smallest step of the
        weights moves every gate.
        """
        hidden = functional.softplus(self.local(envelope - QUIET_GATE))
        return functional.softplus(self.shared(hidden - QUIET_GATE))

    def gated(self, x1: Tensor, place: Tensor, gate: Tensor) -> Tensor:
        """X̂1 = X1 · X̂2, where X̂2 is the gate unpooled: back in its places, zero elsewhere."""
        return torch.zeros_like(x1).scatter(2, place, x1.gather(2, place) * gate)

    def shape(self, gated: Tensor) -> Tensor:
        """What stands between gate and synthesis, on X̂1 [batch, filters, frame]: nothing here."""
        return gated

    def synthesise(self, gated: Tensor) -> Tensor:
        """Frames [batch, frame] from X̂1: the first convolution transposed, its weights tied."""
        pad = (self.size.filter_taps - 1) // 2
        full = functional.conv_transpose1d(gated, self.filters[:, None])
        return full[:, 0, pad : pad + self.size.frame]


def _first_filters(size: AutoencoderSize) -> Tensor:
    """Hann-windowed cosines and sines [filters, filter_taps], spread from 0 to the Nyquist rate.

    Scaled so that a frame of noise passes the model with its level when all gates are quiet.
    """
    bands = size.filters // 2
    time = torch.arange(size.filter_taps) - (size.filter_taps - 1) / 2
    frequency = (torch.arange(bands) + 0.5) / (2 * bands)  # cycles a sample
    phase = 2 * math.pi * frequency[:, None] * time
    window = torch.sin(math.pi * (torch.arange(size.filter_taps) + 0.5) / size.filter_taps) ** 2
    filters = fourier_filters(phase, window)
    # One sample in `pool` is kept: Σ |filter|² · gate / pool is the gain.
    gain = float(filters.square().sum()) * QUIET_GATE / size.pool
    return filters / math.sqrt(gain)
