"""Networks written after papers, small, as one writes them to train on whole sounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

from .in_blocks import DualPath, GatedBlocks, Room, SpectralMask, Squeezed, TemporalFilm
from .recursive import Compressor, Denoiser, EnvelopeFilter, Equalizer


class Proteus(nn.Module):
    """An LSTM of 40 cells around which the sound goes (Wright et al. 2019)."""

    def __init__(self, knobs: int = 0) -> None:
        super().__init__()
        self.cells = nn.LSTM(1 + knobs, 40, batch_first=True)
        self.dense = nn.Linear(40, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        y, _ = self.cells(x.transpose(1, 2))
        out: Tensor = self.dense(y).transpose(1, 2) + x
        return out


class Steered(Proteus):
    """The same with two knobs as further inputs."""

    def __init__(self) -> None:
        super().__init__(knobs=2)

    def forward(self, x: Tensor, gain: Tensor, tone: Tensor) -> Tensor:  # type: ignore[override]
        """[batch, 1, time] to the same; knobs [batch, 1]."""
        knobs = torch.stack([gain, tone], -1).expand(-1, x.shape[-1], -1)
        y, _ = self.cells(torch.cat([x.transpose(1, 2), knobs], -1))
        out: Tensor = self.dense(y).transpose(1, 2) + x
        return out


class AmplifierLayer(nn.Module):
    """A filter of three taps, the sound beside it, and a way around."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels, channels, 3, dilation=dilation)
        self.mix = nn.Conv1d(1, channels, 1, bias=False)
        self.one = nn.Conv1d(channels, channels, 1)

    def forward(self, y: Tensor, sound: Tensor) -> tuple[Tensor, Tensor]:
        """What the next layer gets, and what the head gets."""
        z = self.conv(y)
        z = torch.tanh(z + self.mix(sound)[..., -z.shape[-1] :])
        return y[..., -z.shape[-1] :] + self.one(z), z


class Amplifier(nn.Module):
    """The WaveNet of the Neural Amp Modeler: one padding, and layers that shorten."""

    def __init__(self) -> None:
        super().__init__()
        steps = [2**i for i in range(10)]
        self.field = 2 * sum(steps)  # of ten layers
        self.lifts = nn.ModuleList([nn.Conv1d(1, 16, 1), nn.Conv1d(16, 8, 1)])
        self.heads = nn.ModuleList([nn.Conv1d(16, 8, 1), nn.Conv1d(8, 1, 1)])
        self.layers = nn.ModuleList(AmplifierLayer(c, step) for c in (16, 8) for step in steps)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        sound = functional.pad(x, (2 * self.field, 0))
        y, head = sound, torch.zeros(1)
        for part, (lift, out) in enumerate(zip(self.lifts, self.heads, strict=True)):
            y = lift(y)
            length = y.shape[-1] - self.field
            for layer in list(self.layers)[10 * part : 10 * part + 10]:
                y, z = layer(y, sound)
                head = head[..., -length:] + z[..., -length:]
            head = out(head)
        return 0.02 * head


class Chomp(nn.Module):
    """Cuts what padding has added at the end."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def forward(self, x: Tensor) -> Tensor:
        """[batch, channels, time] to a shorter time."""
        return x[:, :, : -self.count].contiguous()


class Residual(nn.Module):
    """A block of a temporal convolutional network (Bai et al. 2018)."""

    def __init__(self, ins: int, dilation: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for count in (ins, 8):
            conv = nn.Conv1d(count, 8, 3, padding=2 * dilation, dilation=dilation)
            layers += [weight_norm(conv), Chomp(2 * dilation), nn.ReLU(), nn.Dropout(0.2)]
        self.net = nn.Sequential(*layers)
        self.around = nn.Conv1d(ins, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, channels, time] to eight channels."""
        return torch.relu(self.net(x) + self.around(x))


class WaveUNet(nn.Module):
    """Down by halves, up by straight lines, with ways across (Stoller et al. 2018)."""

    def __init__(self, **interpolation: object) -> None:
        super().__init__()
        self.interpolation = interpolation
        counts = [8, 16, 24, 32]
        self.downs = nn.ModuleList(
            nn.Conv1d(ins, outs, 15, padding=7)
            for ins, outs in zip([1, *counts], counts, strict=False)
        )
        self.middle = nn.Conv1d(32, 32, 15, padding=7)
        self.ups = nn.ModuleList(
            nn.Conv1d(ins + outs, outs, 5, padding=2)
            for ins, outs in zip([32, *counts[::-1]], counts[::-1], strict=False)
        )
        self.out = nn.Conv1d(9, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        y, across = x, []
        for down in self.downs:
            y = functional.leaky_relu(down(y))
            across.append(y)
            y = y[:, :, ::2]
        y = functional.leaky_relu(self.middle(y))
        for up in self.ups:
            y = functional.interpolate(y, scale_factor=2, mode="linear", **self.interpolation)  # type: ignore[arg-type]
            y = functional.leaky_relu(up(torch.cat([y, across.pop()], 1)))
        return torch.tanh(self.out(torch.cat([y, x], 1)))


def _temporal() -> nn.Module:
    blocks = [Residual(1 if i == 0 else 8, 2**i) for i in range(6)]
    return nn.Sequential(*blocks, nn.Conv1d(8, 1, 1))


PAPERS: Mapping[str, tuple[Callable[[], nn.Module], Mapping[str, float]]] = {
    "LSTM of 40 cells, around it the sound (Wright 2019)": (Proteus, {}),
    "the same, two knobs as inputs": (Steered, {"gain": 0.5, "tone": 0.3}),
    "NAM's WaveNet, standard": (Amplifier, {}),
    "TCN, weight norm and chomp (Bai 2018)": (_temporal, {}),
    "Wave-U-Net (Stoller 2018)": (WaveUNet, {}),
    "Wave-U-Net, aligned corners": (lambda: WaveUNet(align_corners=True), {}),
    "U-Net with TFiLM (Birnbaum 2019)": (TemporalFilm, {}),
    "dual-path cells in blocks (Luo 2020)": (DualPath, {}),
    "gMLP in blocks (Liu 2021)": (GatedBlocks, {}),
    "spectral mask by GRU (Valin 2018)": (SpectralMask, {}),
    "spectral denoiser, torch.stft, GRU": (Denoiser, {}),
    "compressor, attack and release (Giannoulis 2012)": (
        Compressor,
        {"threshold": 0.5, "release": 0.3},
    ),
    "equalizer that learns (Nercessian 2020)": (Equalizer, {"frequency": 0.3, "gain": 0.7}),
    "bandpass that follows the level": (EnvelopeFilter, {}),
    "learned room by FFT (Engel 2020)": (Room, {}),
    "squeeze and excitation (Hu 2018)": (Squeezed, {}),
}
