"""A ducker that learns, from recordings of one, when and how far music makes room for a voice.

    python sidechain_ducker.py [STEPS]

The recordings are simulated: synthesized notes as music, bursts of noise as a voice, and a loop
over the samples as the device. It knows a threshold, a ratio, an attack and a release; the module
below begins with others and learns its curve and its times from the sound alone.
"""

import sys

import numpy as np
import tonecast
import torch
from tonecast.models.data.synthetic import synthetic_notes
from torch import Tensor, nn

RATE_HZ = 48_000
BATCH, SEGMENT = 8, 24_000  # samples
LEARNING_RATE, OF_TIMES = 2e-2, 0.1  # times have far to go
THRESHOLD_DB, RATIO, ATTACK_S, RELEASE_S = -30.0, 3.0, 0.004, 0.12  # of the device


class Ducker(nn.Module):
    """An envelope of the side-chain, and a curve from its level to a gain, both in dB."""

    def __init__(self) -> None:
        super().__init__()
        self.level = tonecast.Envelope(attack_s=0.02, release_s=0.04)
        self.curve = nn.Sequential(nn.Conv1d(1, 8, 1), nn.Softplus(), nn.Conv1d(8, 1, 1))

    def forward(self, x: Tensor, sidechain: Tensor, depth: Tensor) -> Tensor:
        """Music and voice [batch, 1, time] to as much; the knob [batch, 1] is 1 as learned."""
        level_db = 20 * torch.log10(self.level(sidechain.abs()) + 1e-4)
        gain_db = 10 * self.curve(level_db / 20 + 2)
        return x * 10 ** (depth[:, :, None] * gain_db / 20)


def ducked(music: np.ndarray, voice: np.ndarray) -> np.ndarray:
    """The device: sample by sample, as it is written for a processor."""
    coefficients = [1 - np.exp(-1 / (time_s * RATE_HZ)) for time_s in (ATTACK_S, RELEASE_S)]
    level, levels = 0.0, np.empty(len(voice))
    for i, sample in enumerate(np.abs(voice).tolist()):
        level += coefficients[0 if sample > level else 1] * (sample - level)
        levels[i] = level
    over_db = np.maximum(20 * np.log10(levels + 1e-4) - THRESHOLD_DB, 0)
    return (music * 10 ** ((1 / RATIO - 1) * over_db / 20)).astype(np.float32)


def recordings(count: int, rng: np.random.Generator) -> Tensor:
    """Music, voice and what the device made of them [count, 3, samples]."""
    notes = [note.dry for note in synthetic_notes(RATE_HZ, SEGMENT / RATE_HZ, seed=1)]
    found = []
    for _ in range(count):
        music = sum(notes[i] for i in rng.integers(len(notes), size=4))
        words = np.repeat(rng.uniform(-50, 0, 8), SEGMENT // 8)  # levels in dB
        voice = rng.standard_normal(SEGMENT) * 10 ** (words / 20) * 0.3
        found.append(np.stack([music, voice, ducked(music, voice)]).astype(np.float32))
    return torch.from_numpy(np.stack(found))


def esr(played: Tensor, wanted: Tensor) -> Tensor:
    """The energy of the error over that of the sound."""
    return (played - wanted).square().sum() / wanted.square().sum()


def main(steps: int) -> None:
    """Learn, tell how well, and make the effect."""
    torch.manual_seed(1)
    rng, model, learned = np.random.default_rng(1), Ducker(), torch.ones(BATCH, 1)
    material = recordings(24, rng)
    rates = ((model.curve, LEARNING_RATE), (model.level, OF_TIMES))
    optimizer = torch.optim.Adam([{"params": m.parameters(), "lr": rate} for m, rate in rates])
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)
    for step in range(steps):
        music, voice, wanted = material[torch.randint(len(material), (BATCH,))].split(1, dim=1)
        loss = esr(model(music, voice, learned), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 20 == 0:
            print(f"step {step}: ESR {float(loss.detach()):.5f}", flush=True)
    music, voice, wanted = recordings(BATCH, rng).split(1, dim=1)
    with torch.no_grad():
        error = float(esr(model(music, voice, learned), wanted))
        times_ms = [1e3 * float(log.exp()) for log in model.level.parameters()]
    print(f"held out: ESR {error:.5f}; unducked: {float(esr(music, wanted)):.2f}")
    print(f"attack {times_ms[0]:.1f} ms, release {times_ms[1]:.0f} ms; the device: 4 and 120")
    data = "simulated: synthesized notes and noise through a ducker of four parameters"
    depth = tonecast.Knob(0, 1.5, 1.0)
    tonecast.export(
        model, "sidechain-ducker.onnx", RATE_HZ, data=data, licences=("CC0-1.0",), depth=depth
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 150)
