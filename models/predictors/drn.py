"""DRN: a dilated residual network on raw stereo audio.

Grachten, Deruty and Tanguy, "Auto-adaptive resonance equalization using dilated residual networks"
(2018), section 4. One module, two presets:

    paper   audio ─────────────── 10 blocks along time ────────── pool ─ dense 10 ─ dense 1
    live    audio ─ filter bank ─ 6 blocks along log frequency ── pool ─ dense 10 ─ dense 1

    block   ┬ dilated conv ─ BN ─ + ─ ReLU
            └ conv 1 ────── BN ─┘

What the paper leaves open, and how it is settled for `paper`:

- **Kernel 3, dilation 2^i** in block i = 0 … 9, so that the last block sees 2047 samples, 93 ms.
- **Thirds of ten blocks**: four of 100 channels, three of 100, three of 300. That is 12 G
  multiply-adds a window, the paper's cost; three, three and four would be 15 G.
- **Zeros around the signal**, so that time keeps its length; pooling leaves the 36 averages of 300
  samples that fit, and drops the oldest 225 samples.

`live` is ours. A resonance is narrow in frequency and lasts: a network on samples spends all but
its last layers on becoming a filter bank. Here a learnable filter bank does that in one strided
layer of 28 million multiply-adds, and the blocks convolve along the spectrum instead of along time.
They share weights between frequencies, so resonances at 400 Hz and at 3 kHz train the same weights;
the frames are their input channels. With kernel 3 and dilation 2^i, i = 0 … 5, the last block
compares a band with 63 on either side, 2.4 octaves. Pooling averages about an octave.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from .filter_bank import Bank, FilterBank
from .predictor import CHANNELS, Predictor, last_layer


@dataclass(frozen=True)
class DRNSize:
    """The shape of a network; the defaults are the paper's."""

    channels: tuple[int, ...] = (100,) * 7 + (300,) * 3
    kernel: int = 3
    pool: int = 300
    hidden: int = 10
    bank: Bank | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for shapes that cannot be built."""
        if not self.channels or min(*self.channels, self.hidden, self.pool) < 1:
            raise ValueError("A network needs at least one block, and every size must be positive.")
        if self.kernel % 2 == 0:
            raise ValueError(f"A kernel of {self.kernel} has no middle: choose an odd number.")

    @property
    def dilations(self) -> tuple[int, ...]:
        """2^i for block i."""
        return tuple(2**i for i in range(len(self.channels)))


PRESETS = {
    "paper": DRNSize(),
    "live": DRNSize(channels=(32,) * 6, pool=24, bank=Bank()),
}


class Block(nn.Module):
    """Dilated convolution on the left, one tap on the right, each normalised; sum; ReLU.

    Shape: [batch, channels_in, n] → [batch, channels_out, n].
    """

    def __init__(self, channels_in: int, channels_out: int, kernel: int, dilation: int) -> None:
        super().__init__()
        self.dilated = nn.Conv1d(
            channels_in,
            channels_out,
            kernel,
            dilation=dilation,
            padding=dilation * (kernel // 2),
            bias=False,  # batch normalisation would cancel it
        )
        self.dilated_norm = nn.BatchNorm1d(channels_out)
        self.pointwise = nn.Conv1d(channels_in, channels_out, 1, bias=False)
        self.pointwise_norm = nn.BatchNorm1d(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        """The sum of both branches, then ReLU."""
        left = self.dilated_norm(self.dilated(x))
        return functional.relu(left + self.pointwise_norm(self.pointwise(x)))


class DRN(Predictor):
    """The network of a `DRNSize`: `DRN()` is the paper's, `DRN(PRESETS["live"])` ships."""

    sample_rate_hz = 22_050
    window_samples = 11_025

    def __init__(self, size: DRNSize | None = None) -> None:
        """Raise ValueError if the pool is longer than what it pools."""
        super().__init__()
        self.size = size = size or PRESETS["paper"]
        inputs, length = CHANNELS, self.window_samples
        self.front: nn.Module = nn.Identity()
        if size.bank:
            self.front = bank = FilterBank(size.bank, self.sample_rate_hz, self.window_samples)
            inputs, length = bank.frames, size.bank.bands
        if size.pool > length:
            raise ValueError(f"{length} values cannot be pooled by {size.pool}: choose less.")
        self.dropped = length % size.pool
        self.blocks = nn.Sequential(
            *(
                Block(before, after, size.kernel, dilation)
                for before, after, dilation in zip(
                    (inputs, *size.channels), size.channels, size.dilations, strict=False
                )
            )
        )
        self.hidden = nn.Linear(length // size.pool * size.channels[-1], size.hidden, bias=False)
        self.hidden_norm = nn.BatchNorm1d(size.hidden)
        self.last = last_layer(size.hidden)

    def logit(self, features: Tensor) -> Tensor:
        """Log odds [batch] from audio [batch, 2, window] or levels [batch, frames, bands]."""
        x = self.blocks(features)[:, :, self.dropped :]
        pooled = functional.avg_pool1d(x, self.size.pool)
        hidden = functional.relu(self.hidden_norm(self.hidden(torch.flatten(pooled, 1))))
        out: Tensor = self.last(hidden)
        return out[:, 0]
