"""A denoiser that learns which parts of a spectrum are sound: a mask over a short-time spectrum.

    python spectral_denoiser.py [STEPS]

The material is simulated: synthesized notes, with hiss, hum and crackle. Yours is recorded.
"""

import sys

import numpy as np
import tonecast
import torch
from tonecast.models.data.synthetic import synthetic_notes
from torch import Tensor, nn

RATE_HZ = 48_000
BATCH, SEGMENT = 16, 24_000  # samples
LEARNING_RATE = 3e-3
HELD_OUT = 8  # every eighth note


class Denoiser(nn.Module):
    """Cells look at the magnitudes, and say for each frequency how much of it stays."""

    def __init__(self, size: int = 512, hop: int = 128) -> None:
        super().__init__()
        self.size, self.hop = size, hop
        self.register_buffer("window", torch.hann_window(size))
        self.cells = nn.GRU(size // 2 + 1, 48, batch_first=True)
        self.mask = nn.Linear(48, size // 2 + 1)

    def forward(self, x: Tensor, amount: Tensor) -> Tensor:
        """Sound [batch, 1, time] to as much; the knob [batch, 1] says how much is taken away."""
        form = (self.size, self.hop, self.size, self.window)
        spectra = torch.stft(x[:, 0], *form, pad_mode="constant", return_complex=True)
        heard, _ = self.cells(torch.log(spectra.abs() + 1e-3).mT)
        stays = 1 - amount[:, :, None] * torch.sigmoid(-self.mask(heard)).mT
        sound = torch.istft(spectra * stays, *form, length=x.shape[-1])
        return sound[:, None]


def noise(rng: np.random.Generator) -> np.ndarray:
    """Hiss, hum of about a mains frequency and crackle, mixed at random [samples], RMS 1."""
    levels = 10 ** (rng.uniform(-30, 0, 3) / 20)
    time_s = np.arange(SEGMENT) / RATE_HZ
    partials = [np.sin(2 * np.pi * k * rng.uniform(49, 61) * time_s) / k for k in (1, 2, 3, 5)]
    crackle = 30 * rng.standard_normal(SEGMENT) * (rng.uniform(size=SEGMENT) < 1e-3)
    parts = (rng.standard_normal(SEGMENT), 2 * sum(partials), crackle)
    mixed = sum(level * part for level, part in zip(levels, parts, strict=True))
    return mixed / np.sqrt(np.mean(mixed**2))


def batch(notes: list[np.ndarray], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Sound without and with noise [batch, 1, samples]."""
    clean, noisy = [], []
    for _ in range(BATCH):
        sound = notes[rng.integers(len(notes))][rng.integers(SEGMENT // 2) :][:SEGMENT]
        sound = sound * 10 ** (rng.uniform(-30, -10) / 20) / np.sqrt(np.mean(sound**2))
        below = 10 ** (-rng.uniform(0, 20) / 20) * np.sqrt(np.mean(sound**2))
        clean.append(sound.astype(np.float32))
        noisy.append((sound + below * noise(rng)).astype(np.float32))
    return torch.from_numpy(np.stack(clean))[:, None], torch.from_numpy(np.stack(noisy))[:, None]


def snr_db(sound: Tensor, clean: Tensor) -> Tensor:
    """Of the clean sound over what differs from it, for each of the batch."""
    return 10 * torch.log10(clean.square().sum(-1) / (sound - clean).square().sum(-1))


def main(steps: int) -> None:
    """Learn, tell how well, and make the effect."""
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    notes = [note.dry for note in synthetic_notes(RATE_HZ, 1.0, seed=1)]
    learned_from = [note for i, note in enumerate(notes) if i % HELD_OUT]
    model, all_of_it = Denoiser(), torch.ones(BATCH, 1)
    optimizer = torch.optim.Adam(model.parameters())
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * (1 - step / steps)
        clean, noisy = batch(learned_from, rng)
        loss = -snr_db(model(noisy, all_of_it), clean).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 20 == 0:
            print(f"step {step}: SNR {-float(loss.detach()):.1f} dB", flush=True)
    with torch.no_grad():
        held_out = [batch(notes[::HELD_OUT], rng) for _ in range(8)]
        before = torch.cat([snr_db(noisy, clean) for clean, noisy in held_out])
        after = torch.cat([snr_db(model(noisy, all_of_it), clean) for clean, noisy in held_out])
    print(f"held-out notes, other noise: SNR {before.mean():.1f} dB, then {after.mean():.1f} dB")
    data, amount = "simulated: notes with hiss, hum and crackle", tonecast.Knob(0, 1, 1.0)
    tonecast.export(
        model, "spectral-denoiser.onnx", RATE_HZ, data=data, licences=("CC0-1.0",), amount=amount
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
