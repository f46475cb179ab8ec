"""An amplifier with two knobs, learned from pairs of recordings: an LSTM.

    python lstm_amplifier.py [STEPS]

The pairs are simulated: plucked strings and struck bars, and what pedalboard's distortion and
lowpass make of them at any setting. Yours are recordings of a device with its knobs written down.
"""

import sys

import numpy as np
import pedalboard
import tonecast
import torch
from tonecast.models.data.synthetic import synthetic_notes
from torch import Tensor, nn

RATE_HZ = 48_000
BATCH, SEGMENT, WARM_UP = 32, 768, 256  # samples; the first of a segment only fill its memory
LEARNING_RATE = 1e-2
HELD_OUT = 8  # every eighth note, at settings of their own
SETTINGS = 4  # of each note


class Amplifier(nn.Module):
    """An LSTM that hears the sound and the knobs; the sound goes around it as well."""

    def __init__(self, cells: int = 16) -> None:
        super().__init__()
        self.cells = nn.LSTM(3, cells, batch_first=True)
        self.out = nn.Linear(cells, 1)

    def forward(self, x: Tensor, drive: Tensor, tone: Tensor) -> Tensor:
        """Sound [batch, 1, time] to as much; knobs [batch, 1], from 0 to 1."""
        knobs = torch.cat([drive, tone], 1)[:, :, None].expand(-1, -1, x.shape[-1])
        y, _ = self.cells(torch.cat([x, knobs], 1).transpose(1, 2))
        return self.out(y).transpose(1, 2) + x


def amplified(dry: np.ndarray, drive: float, tone: float) -> np.ndarray:
    """The device that is learned."""
    chain = [
        pedalboard.HighpassFilter(80),
        pedalboard.Distortion(drive_db=30 * drive),
        pedalboard.LowpassFilter(800 * 10**tone),
    ]
    return pedalboard.Pedalboard(chain)(dry, RATE_HZ)


def pairs(seed: int, held_out: bool) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Dry and wet [samples] and the knobs [2] of notes."""
    rng, found = np.random.default_rng(seed), []
    for i, note in enumerate(synthetic_notes(RATE_HZ, 1.0, seed=1)):
        for _ in range(SETTINGS if (i % HELD_OUT == 0) == held_out else 0):
            knobs = rng.uniform(0, 1, 2).astype(np.float32)
            wet = amplified(note.dry, *knobs)
            found.append(tuple(map(torch.from_numpy, (note.dry, wet, knobs))))
    return found


def esr(played: Tensor, wanted: Tensor) -> Tensor:
    """The energy of the error over that of the sound."""
    return (played - wanted).square().sum() / wanted.square().sum()


def main(steps: int) -> None:
    """Learn, tell how well, and make the effect."""
    torch.manual_seed(1)
    learned_from, model = pairs(1, held_out=False), Amplifier()
    optimizer = torch.optim.Adam(model.parameters())
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * (1 - step / steps)
        drawn = [learned_from[int(i)] for i in torch.randint(len(learned_from), (BATCH,))]
        begins = torch.randint(RATE_HZ // 2, (BATCH,)).tolist()
        cuts = [slice(begin, begin + SEGMENT) for begin in begins]
        dry = torch.stack([pair[0][cut] for pair, cut in zip(drawn, cuts, strict=True)])
        wet = torch.stack([pair[1][cut] for pair, cut in zip(drawn, cuts, strict=True)])
        knobs = torch.stack([pair[2] for pair in drawn])
        played = model(dry[:, None], knobs[:, :1], knobs[:, 1:])[:, 0]
        loss = esr(played[:, WARM_UP:], wet[:, WARM_UP:])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 50 == 0:
            print(f"step {step}: ESR {float(loss.detach()):.4f}", flush=True)
    errors = []
    for dry, wet, knobs in pairs(2, held_out=True):
        with torch.no_grad():
            errors.append(float(esr(model(dry[None, None], *knobs[:, None, None])[0, 0], wet)))
    print(f"held out, other notes at other settings: ESR {np.median(errors):.4f} (median)")
    data = "simulated: synthesized notes through pedalboard's distortion and lowpass"
    turned = {name: tonecast.Knob(0, 1, 0.5) for name in ("drive", "tone")}
    about = {"data": data, "licences": ("CC0-1.0",)}
    tonecast.export(model, "lstm-amplifier.onnx", RATE_HZ, **about, **turned)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 800)
