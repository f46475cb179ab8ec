"""Small modules as their authors write them: whole signals [batch, 1, time] to the same."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrizations


class Net(nn.Module):
    """A function of the sound, and of layers that are given to it in order."""

    def __init__(self, function: Callable[..., Tensor], *layers: nn.Module) -> None:
        super().__init__()
        self.function = function
        self.layers = nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x, *self.layers)


class KnobNet(Net):
    """The same with a knob."""

    def forward(self, x: Tensor, knob: Tensor) -> Tensor:  # type: ignore[override]
        return self.function(x, knob, *self.layers)


class Recurrent(nn.Module):
    """An LSTM or kin around which the sound goes, too."""

    def __init__(self, kind: type[nn.RNNBase], layers: int = 1, **options: object) -> None:
        super().__init__()
        self.cells = kind(1, 6, num_layers=layers, batch_first=True, **options)  # type: ignore[arg-type]
        self.out = nn.Linear(6, 1)

    def forward(self, x: Tensor) -> Tensor:
        y, _ = self.cells(x.transpose(1, 2))
        out: Tensor = self.out(y).transpose(1, 2) + x
        return out


class TimeFirst(nn.Module):
    """Time stands first, and the first state is learned."""

    def __init__(self) -> None:
        super().__init__()
        self.cells = nn.GRU(1, 5)
        self.first = nn.Parameter(torch.randn(1, 1, 5))
        self.out = nn.Linear(5, 1)

    def forward(self, x: Tensor) -> Tensor:
        y, _ = self.cells(x.permute(2, 0, 1), self.first.expand(-1, x.shape[0], -1).contiguous())
        out: Tensor = self.out(y).permute(1, 2, 0)
        return out


class Driven(nn.Module):
    """A knob is joined with the sound, as a channel of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.cells = nn.GRU(2, 5, batch_first=True)
        self.out = nn.Linear(5, 1)

    def forward(self, x: Tensor, drive: Tensor) -> Tensor:
        knob = drive[:, :, None].expand(-1, -1, x.shape[-1])
        y, _ = self.cells(torch.cat([x, knob], 1).transpose(1, 2))
        out: Tensor = self.out(y).transpose(1, 2) * (1 + drive.unsqueeze(-1))
        return out


class Film(nn.Module):
    """Padded once in front; each layer is shorter; a knob bends each."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv1d(1 if i == 0 else 4, 4, 3, dilation=3**i) for i in range(3)
        )
        self.norm = nn.BatchNorm1d(4)
        self.knob = nn.Linear(1, 8)
        self.out = nn.Conv1d(4, 1, 1)

    def forward(self, x: Tensor, tone: Tensor) -> Tensor:
        gain, offset = self.knob(tone).unsqueeze(-1).chunk(2, 1)
        x = functional.pad(x, (26, 0))
        for conv in self.convs:
            y = functional.prelu(self.norm(conv(x)) * gain + offset, torch.tensor([0.2]))
            x = y + x[..., -y.shape[-1] :]
        out: Tensor = torch.tanh(self.out(x))
        return out


class Chomped(nn.Module):
    """Padded on both sides, and the end cut off."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv1d(1, 4, 3, padding=4, dilation=2)
        self.second = parametrizations.weight_norm(
            nn.Conv1d(4, 4, 3, padding=8, dilation=4, groups=2)
        )
        self.out = nn.Conv1d(4, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.first(x)[..., :-4])
        x = x + torch.relu(self.second(x)[:, :, :-8])
        out: Tensor = self.out(x)
        return out


class Ahead(nn.Module):
    """Centred filters, with a way around them that has to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv1d(1 if i == 0 else 3, 3, 5, padding="same", dilation=i + 1) for i in range(3)
        )
        self.out = nn.Conv1d(3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.convs[0](x)
        for conv in self.convs[1:]:
            y = y + conv(functional.gelu(y))
        out: Tensor = self.out(y) * x
        return out


class Pyramid(nn.Module):
    """Down by strides and up by transposed filters, with cells between and a way across."""

    def __init__(self, padding: int = 1) -> None:
        super().__init__()
        self.down = nn.Conv1d(1, 4, 4, stride=2, padding=padding)
        self.deeper = nn.Conv1d(4, 6, 8, stride=4, padding=2)
        self.cells = nn.LSTM(6, 6, batch_first=True)
        self.up = nn.ConvTranspose1d(6, 4, 8, stride=4, padding=2)
        self.out = nn.ConvTranspose1d(8, 1, 4, stride=2, padding=padding)

    def forward(self, x: Tensor) -> Tensor:
        fine = functional.elu(self.down(x))
        y = self.deeper(fine).transpose(1, 2)
        y = self.cells(y)[0].transpose(1, 2)
        out: Tensor = self.out(torch.cat([fine, self.up(y)], dim=1))
        return out


class Blocks(nn.Module):
    """Time in blocks: one value for each from pooling and cells, held over the block."""

    def __init__(self, size: int = 8) -> None:
        super().__init__()
        self.size = size
        self.lift = nn.Conv1d(1, 4, 3)
        self.cells = nn.LSTM(4, 4, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.lift(functional.pad(x, (2, 0)))
        steps, _ = self.cells(functional.max_pool1d(y, self.size).transpose(1, 2))
        gain = steps.transpose(1, 2).unsqueeze(-1)
        batch, channels, time = y.shape
        y = y.reshape(batch, channels, time // self.size, self.size) * gain
        return y.reshape(batch, channels, time).sum(1, keepdim=True)


class Bands(nn.Module):
    """Frames of eight samples as a picture, filtered along time and frequency."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = nn.Conv2d(1, 3, (3, 3), padding=(0, 1))
        self.dense = nn.Linear(8, 8)
        self.join = nn.Conv2d(3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        batch, _, time = x.shape
        frames = x.reshape(batch, 1, time // 8, 8)
        y = self.picture(functional.pad(frames, (0, 0, 2, 0)))
        y = self.join(functional.leaky_relu(self.dense(y)))
        y = y * torch.softmax(y, dim=-1)
        out: Tensor = y.reshape(batch, 1, time)
        return out


class Flat(nn.Module):
    """Batch and time as one axis through dense layers, norms over channels."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Conv1d(1, 6, 3, padding=2)
        self.norm = nn.LayerNorm(6)
        self.dense = nn.Linear(6, 6)
        self.out = nn.Linear(6, 1)

    def forward(self, x: Tensor) -> Tensor:
        batch, _, time = x.shape
        y = self.norm(self.lift(x)[..., :time].transpose(1, 2))
        y = (y - y.mean(2, keepdim=True)) / (y.var(2, keepdim=True, correction=0) + 0.1).sqrt()
        y = y + y.std(2, unbiased=True, keepdim=True)
        y = torch.tanh(self.dense(y.reshape(batch * time, 6))).view(batch, time, 6)
        out: Tensor = self.out(y).transpose(1, 2)
        return out


class Summed(nn.Module):
    """A running sum, silence put before it by hand, and a comb."""

    def forward(self, x: Tensor) -> Tensor:
        late = torch.cat([torch.zeros(x.shape[0], 1, 37), x], dim=-1)[..., : x.shape[-1]]
        return 0.01 * torch.cumsum(x, dim=-1) + late.abs()


class Held(nn.Module):
    """A mean over blocks, held until the next, and the sound minus it."""

    def forward(self, x: Tensor) -> Tensor:
        level = functional.avg_pool1d(x.abs(), 16, 16)
        level = functional.interpolate(level, scale_factor=16, mode="nearest")
        return x - functional.pad(level, (16, 0))[..., : x.shape[-1]]


class Parts(nn.Module):
    """Channels split, stacked, turned and multiplied with each other."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Conv1d(1, 8, 5, padding=4)
        self.mix = nn.Parameter(torch.randn(4, 4))

    def forward(self, x: Tensor) -> Tensor:
        a, b = self.lift(x)[..., : x.shape[-1]].split(4, dim=1)
        pair = torch.stack([a, torch.sigmoid(b)], dim=1)
        left, right = pair.unbind(1)
        y = torch.einsum("bct,cd->bdt", left, self.mix) * right.flip(1)
        y = y.max(dim=1, keepdim=True).values + y[:, 1:2] - y.mean(1, keepdim=True)
        return torch.where(y > 0, y, 0.1 * y)


class StateSpace(nn.Module):
    """Slow oscillations that decay, convolved by FFT."""

    def forward(self, x: Tensor) -> Tensor:
        n = x.shape[-1]
        t = torch.arange(n)
        response = 0.05 * (-t / 300).exp() * torch.cos(0.05 * t) + 0.02 * (-t / 900).exp()
        spectrum = torch.fft.rfft(x, 2 * n) * torch.fft.rfft(response, 2 * n)
        return torch.fft.irfft(spectrum, 2 * n)[..., :n]


class Reflected(nn.Module):
    """The ends of the signal are mirrored: a stream has none, and silence comes before it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 9, padding=4, padding_mode="reflect")

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = torch.tanh(self.conv(x))
        return out


class Filterbank(nn.Module):
    """Sixteen bands at a sixteenth of the rate, and back."""

    def __init__(self) -> None:
        super().__init__()
        t = torch.arange(64) - 31.5
        k = torch.arange(16)[:, None]
        window = torch.hann_window(64, periodic=False)
        bank = window * torch.cos((2 * k + 1) * math.pi / 32 * t)
        self.register_buffer("bank", bank[:, None] / 16)
        self.inner = nn.Conv1d(16, 16, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        bands = functional.conv1d(x, self.bank, stride=16, padding=24)
        bands = bands * torch.sigmoid(self.inner(bands))
        return functional.conv_transpose1d(bands, self.bank, stride=16, padding=24)
