"""Networks written after papers, small, that work in blocks or in spectra."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class TemporalFilm(nn.Module):
    """A U-Net with modulation of blocks by cells (Birnbaum et al. 2019)."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv1d(1, 8, 9, stride=2, padding=4)
        self.cells = nn.LSTM(8, 8, batch_first=True)
        self.up = nn.ConvTranspose1d(8, 1, 4, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        y = functional.leaky_relu(self.down(x))
        batch, channels, time = y.shape
        gains, _ = self.cells(functional.max_pool1d(y, 16).transpose(1, 2))
        blocks = y.view(batch, channels, time // 16, 16) * gains.transpose(1, 2)[..., None]
        out: Tensor = x + self.up(blocks.view(batch, channels, time))
        return out


class DualPath(nn.Module):
    """Cells within blocks both ways, and from block to block (Luo et al. 2020)."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Conv1d(1, 8, 1)
        self.within = nn.LSTM(8, 8, batch_first=True, bidirectional=True)
        self.mix = nn.Linear(16, 8)
        self.among = nn.LSTM(8, 8, batch_first=True)
        self.out = nn.Conv1d(8, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        batch, _, time = x.shape
        count = time // 32
        y = self.lift(x).reshape(batch, 8, count, 32).permute(0, 2, 3, 1)
        y = y + self.mix(self.within(y.reshape(-1, 32, 8))[0]).reshape(y.shape)
        z, _ = self.among(y.transpose(1, 2).reshape(batch * 32, count, 8))
        y = y + z.reshape(batch, 32, count, 8).transpose(1, 2)
        out: Tensor = self.out(y.permute(0, 3, 1, 2).reshape(batch, 8, time))
        return out


class GatedBlocks(nn.Module):
    """A gMLP whose positions are the samples of a block (Liu et al. 2021)."""

    def __init__(self) -> None:
        super().__init__()
        self.lift, self.into = nn.Linear(1, 8), nn.Linear(8, 16)
        self.norm, self.gate_norm = nn.LayerNorm(8), nn.LayerNorm(8)
        self.gate = nn.Conv1d(32, 32, 1)
        self.out = nn.Linear(8, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        y = self.lift(x.reshape(-1, 32, 1))
        u, v = functional.gelu(self.into(self.norm(y))).chunk(2, -1)
        out: Tensor = self.out(y + u * self.gate(self.gate_norm(v)))
        return out.reshape(x.shape)


class SpectralMask(nn.Module):
    """Cells weigh a spectrum that convolutions take, as RNNoise does (Valin 2018)."""

    def __init__(self) -> None:
        super().__init__()
        t, k = torch.arange(256), torch.arange(129)[:, None]
        turns = 2 * math.pi * k * t / 256
        window = torch.hann_window(256).sqrt()
        self.register_buffer("bank", (window * torch.cat([turns.cos(), turns.sin()]))[:, None])
        self.cells = nn.GRU(129, 24, batch_first=True)
        self.dense = nn.Linear(24, 129)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        assert isinstance(self.bank, Tensor)
        bins = functional.conv1d(functional.pad(x, (192, 0)), self.bank, stride=64)
        power = bins[:, :129] ** 2 + bins[:, 129:] ** 2
        seen, _ = self.cells(torch.log(power + 1e-5).transpose(1, 2))
        mask = torch.sigmoid(self.dense(seen)).transpose(1, 2).repeat(1, 2, 1)
        out = functional.conv_transpose1d(bins * mask, self.bank, stride=64)
        return out[..., : x.shape[-1]] / 256


class Room(nn.Module):
    """A learned response by FFT, as in DDSP (Engel et al. 2020)."""

    def __init__(self) -> None:
        super().__init__()
        self.response = nn.Parameter(0.05 * torch.randn(4000) * 0.998 ** torch.arange(4000))

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        size = x.shape[-1] + 4000
        spectrum = torch.fft.rfft(x, size) * torch.fft.rfft(self.response, size)
        late: Tensor = torch.fft.irfft(spectrum, size)[..., : x.shape[-1]]
        return x + late


class Squeezed(nn.Module):
    """Channels weighted by their means over the whole sound (Hu et al. 2018)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.out = nn.Conv1d(1, 8, 3, padding=1), nn.Conv1d(8, 1, 1)
        self.weigh = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        y = self.conv(x)
        out: Tensor = self.out(y * torch.sigmoid(self.weigh(y.mean(-1)))[..., None])
        return out
