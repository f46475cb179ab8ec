"""Small modules that work in frames and blocks, as their authors write them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Lines(nn.Module):
    """Down and up again by straight lines, by two and by four, with a value in silence."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv1d(1, 4, 5, padding=2)
        self.second = nn.Conv1d(4, 4, 5, padding=2)
        self.out = nn.Conv1d(8, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = functional.elu(self.first(x))
        coarse = functional.elu(self.second(y[:, :, ::2]))
        coarser = functional.elu(self.second(coarse[:, :, ::4]))
        up = functional.interpolate(coarser, scale_factor=4, mode="linear") + coarse
        up = functional.interpolate(up, size=x.shape[-1], mode="linear")
        out: Tensor = self.out(torch.cat([up, y], 1))
        return out


class Overlapping(nn.Module):
    """Frames of 24 every eight samples through a dense layer, and their sum."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Linear(24, 24)

    def forward(self, x: Tensor) -> Tensor:
        padded = functional.pad(x, (16, 0))
        frames = torch.tanh(self.dense(padded.unfold(-1, 24, 8)[:, 0])).transpose(1, 2)
        sound = functional.fold(frames, (1, padded.shape[-1]), (1, 24), stride=(1, 8))
        return sound[:, :, 0, : x.shape[-1]]


class Looking(nn.Module):
    """Attention of each sample to the last twelve."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Conv1d(1, 12, 1)
        self.out = nn.Conv1d(4, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = self.lift(x).chunk(3, 1)
        key, value = (functional.pad(one, (11, 0)).unfold(-1, 12, 1) for one in (key, value))
        weights = torch.softmax((query[..., None] * key).sum(1, keepdim=True), -1)
        weights = weights.repeat(1, 4, 1, 1)
        out: Tensor = self.out((weights * value).sum(-1))
        return out


class Attending(nn.Module):
    """Attention of two heads within blocks of 16 samples, which have positions."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Linear(1, 8)
        self.positions = nn.Parameter(torch.randn(16, 8))
        self.parts = nn.Linear(8, 24)
        self.out = nn.Linear(8, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.lift(x.reshape(-1, 16, 1)) + self.positions
        parts = self.parts(y).chunk(3, -1)
        query, key, value = (one.view(-1, 16, 2, 4).transpose(1, 2) for one in parts)
        seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        out: Tensor = self.out(y + seen.transpose(1, 2).reshape(-1, 16, 8))
        return out.reshape(x.shape)


class Paths(nn.Module):
    """Cells within blocks of 16 samples, in both directions, then along time (Luo et al. 2020)."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Conv1d(1, 4, 1)
        self.within = nn.GRU(4, 3, num_layers=2, batch_first=True, bidirectional=True)
        self.mix = nn.Linear(6, 4)
        self.among = nn.LSTM(4, 4, batch_first=True)
        self.out = nn.Conv1d(4, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        batch, _, time = x.shape
        count = time // 16
        y = self.lift(x).reshape(batch, 4, count, 16).permute(0, 2, 3, 1)
        y = y + self.mix(self.within(y.reshape(-1, 16, 4))[0]).reshape(y.shape)
        z = self.among(y.transpose(1, 2).reshape(batch * 16, count, 4))[0]
        y = y + z.reshape(batch, 16, count, 4).transpose(1, 2)
        out: Tensor = self.out(y.permute(0, 3, 1, 2).reshape(batch, 4, time))
        return out


class Gated(nn.Module):
    """A gate among the samples of a block, by a convolution that takes them for channels."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Linear(1, 6)
        self.gate = nn.Conv1d(16, 16, 3, padding="same")
        self.out = nn.Linear(3, 1)

    def forward(self, x: Tensor) -> Tensor:
        u, v = self.lift(x.reshape(-1, 16, 1)).chunk(2, -1)
        out: Tensor = self.out(u * self.gate(v))
        return out.reshape(x.shape)


class Response(nn.Module):
    """A room of 200 samples by FFT, which no few oscillations are."""

    def __init__(self) -> None:
        super().__init__()
        self.room = nn.Parameter(0.1 * torch.randn(200))

    def forward(self, x: Tensor) -> Tensor:
        size = x.shape[-1] + 200
        spectrum = torch.fft.rfft(x, size) * torch.fft.rfft(self.room, size)
        return x + torch.fft.irfft(spectrum, size)[..., : x.shape[-1]]
