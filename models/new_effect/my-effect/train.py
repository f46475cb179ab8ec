"""Train the network on the recordings of pairs.csv.

    python train.py [MINUTES]

The last tenth of each recording is held out. What was learned stays in amp.pt.
"""

import sys
import time
from pathlib import Path

import torch
from amp import RATE_HZ, Amp
from recordings import pairs
from torch import Tensor, nn

BATCH, SEGMENT, WARM_UP = 16, 1024, 256  # samples; the first of a segment only fill its memory
TOLD_EVERY_S = 5.0
LEARNING_RATE = 1e-2


def esr(played: Tensor, wanted: Tensor) -> Tensor:
    """The energy of the error over that of the sound."""
    return (played - wanted).square().sum() / wanted.square().sum()


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    recorded = pairs(RATE_HZ)
    parts = [(dry, wet, drive, len(dry) * 9 // 10) for dry, wet, drive in recorded]
    if min(end for *_, end in parts) <= SEGMENT:
        raise SystemExit(f"each recording must be longer than {SEGMENT} samples")
    torch.manual_seed(1)
    model = Amp()
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    begin_s = told_s = time.monotonic()
    while (passed := (time.monotonic() - begin_s) / (60 * minutes)) < 1:
        dries, wets, drives = [], [], []
        for _ in range(BATCH):
            dry, wet, drive, end = parts[int(torch.randint(len(parts), ()))]
            begin = int(torch.randint(end - SEGMENT, ()))
            dries.append(dry[begin : begin + SEGMENT])
            wets.append(wet[begin : begin + SEGMENT])
            drives.append(drive)
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * (1 - 0.95 * passed)
        played = model(torch.stack(dries)[:, None], torch.tensor(drives)[:, None])
        loss = esr(played[:, 0, WARM_UP:], torch.stack(wets)[:, WARM_UP:])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if time.monotonic() - told_s > TOLD_EVERY_S:
            told_s = time.monotonic()
            print(f"{100 * passed:3.0f} %, ESR {float(loss.detach()):.4f}", flush=True)
    torch.save(model.state_dict(), Path(__file__).with_name("amp.pt"))
    for dry, wet, drive, end in parts:
        with torch.no_grad():
            played = model(dry[None, None], torch.tensor([[drive]]))[0, 0]
        error = float(esr(played[end:], wet[end:]))
        print(f"drive {drive:g}: ESR {error:.4f} on what was held out")


if __name__ == "__main__":
    main()
