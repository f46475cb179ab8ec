"""Networks with recursive filters and spectra inside."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ...export.filters import Biquad, Envelope, OnePole


class Compressor(nn.Module):
    """Attack and release, and a gain computer (Giannoulis et al. 2012)."""

    def __init__(self) -> None:
        super().__init__()
        self.follow = Envelope(0.002, 0.15)

    def forward(self, x: Tensor, threshold: Tensor, release: Tensor) -> Tensor:
        """[batch, 1, time] to the same; knobs [batch, 1]."""
        level = 20 * torch.log10(self.follow(x.abs(), release_s=0.05 + release) + 1e-5)
        over = torch.relu(level + 40 * threshold[..., None])
        return x * 10 ** (-0.75 / 20 * over)


class Equalizer(nn.Module):
    """Three bands of which two are turned (Nercessian 2020, biquads that learn)."""

    def __init__(self) -> None:
        super().__init__()
        self.low = Biquad("low_shelf", 120.0, gain_db=4.0)
        self.middle = Biquad("peak", 1000.0, 2.0)
        self.top = OnePole(9000.0)

    def forward(self, x: Tensor, frequency: Tensor, gain: Tensor) -> Tensor:
        """[batch, 1, time] to the same; knobs [batch, 1]."""
        turned = self.middle(self.low(x), 200 + 3000 * frequency, gain_db=24 * gain - 12)
        out: Tensor = self.top(turned)
        return out


class EnvelopeFilter(nn.Module):
    """A bandpass whose frequency follows the level, as an automatic wah."""

    def __init__(self) -> None:
        super().__init__()
        self.follow, self.band = Envelope(0.01, 0.1), Biquad("bandpass", 500.0, 4.0)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        out: Tensor = self.band(x, 200 + 3000 * self.follow(x.abs()))
        return out


class Denoiser(nn.Module):
    """torch.stft, a mask by cells over magnitudes, and back with the phase as it was."""

    def __init__(self, size: int = 512, hop: int = 128) -> None:
        super().__init__()
        self.size, self.hop = size, hop
        self.window = nn.Buffer(torch.hann_window(size))
        self.cells = nn.GRU(size // 2 + 1, 64, batch_first=True)
        self.mask = nn.Linear(64, size // 2 + 1)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        shape = (self.size, self.hop, self.size, self.window)
        spectra = torch.stft(x[:, 0], *shape, pad_mode="constant", return_complex=True)
        heard, _ = self.cells(torch.log1p(spectra.abs()).mT)
        loud = spectra.abs() * torch.sigmoid(self.mask(heard)).mT
        sound = torch.istft(torch.polar(loud, spectra.angle()), *shape, length=x.shape[-1])
        return sound[:, None]
