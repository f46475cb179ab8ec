"""Write the files of the corpus that `tonecast.export` makes: kinds that random graphs are not.

    python tests/fuzz/seeds.py

They are small, as mutations of small files break what is in them sooner.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))

import tonecast
import torch
from programs import EFFECT_FILES
from torch import Tensor, nn

FRAME_SAMPLES = 16


class Spectra(nn.Module):
    """To a spectrum and back, with its magnitudes changed."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("window", torch.hann_window(16))

    def forward(self, x: Tensor) -> Tensor:
        form = (16, 8, 16, self.window)
        spectra = torch.stft(x[:, 0], *form, pad_mode="constant", return_complex=True)
        changed = torch.polar(torch.tanh(spectra.abs()), spectra.angle())
        return torch.istft(changed, *form, length=x.shape[-1])[:, None]


class Recursions(nn.Module):
    """A filter and an envelope that a knob turns, and a running sum."""

    def __init__(self) -> None:
        super().__init__()
        self.level = tonecast.Envelope(attack_s=0.002, release_s=0.05)
        self.band = tonecast.Biquad("bandpass", frequency_hz=500, q=2)

    def forward(self, x: Tensor, release: Tensor) -> Tensor:
        level = self.level(x.abs(), release_s=release)
        return self.band(x, 200 + 1000 * level) + 1e-6 * torch.cumsum(x, -1)


class Sidechain(nn.Module):
    """What comes beside the sound turns it down."""

    def forward(self, x: Tensor, sidechain: Tensor) -> Tensor:
        loud = nn.functional.pad(sidechain.square(), (7, 0))
        return x / (1 + nn.functional.avg_pool1d(loud, 8, stride=1))


class Stems(nn.Module):
    """Two sounds of one."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 2, 3, padding=2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        first, second = self.conv(x)[..., : x.shape[-1]].split(1, dim=1)
        return first, torch.tanh(second)


class Stereo(nn.Module):
    """Cells that hear left and right."""

    def __init__(self) -> None:
        super().__init__()
        self.cells = nn.GRU(2, 3, batch_first=True)
        self.out = nn.Linear(3, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.cells(x.transpose(1, 2))[0]).transpose(1, 2)


class Layers(nn.Module):
    """Dilated convolutions, which the file says to be a WaveNet."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Conv1d(1, 2, 1)
        self.convs = nn.ModuleList(nn.Conv1d(2, 4, 2, padding=d, dilation=d) for d in (1, 2))
        self.out = nn.Conv1d(2, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.lift(x)
        for conv in self.convs:
            y = y + nn.functional.glu(conv(y)[..., : x.shape[-1]], 1)
        return self.out(y)


SEEDS: Mapping[str, tuple[type[nn.Module], Mapping[str, Any]]] = {
    "spectra": (Spectra, {}),
    "recursions": (Recursions, {"release": tonecast.Knob(0.05, 0.5, 0.15)}),
    "sidechain": (Sidechain, {}),
    "stems": (Stems, {"outputs": ("first", "second")}),
    "stereo": (Stereo, {"channels": 2}),
    "layers": (Layers, {}),
}


def main() -> None:
    """Exports each."""
    for name, (make, options) in SEEDS.items():
        torch.manual_seed(1)
        path = EFFECT_FILES / f"exported-{name}.onnx"
        tonecast.export(make(), path, frame=FRAME_SAMPLES, name="fuzz", quiet=True, **options)
        print(f"{path.name}: {path.stat().st_size} bytes", flush=True)


if __name__ == "__main__":
    main()
