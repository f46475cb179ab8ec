"""The recordings of pairs.csv: what a device got, what it gave, and where its knob stood."""

import csv
from pathlib import Path

import torch
from pedalboard.io import AudioFile
from torch import Tensor

HERE = Path(__file__).parent


def read(path: Path, rate_hz: int) -> Tensor:
    """One channel [samples] at this rate."""
    with AudioFile(str(path)).resampled_to(rate_hz) as file:
        return torch.from_numpy(file.read(file.frames)[0])


def pairs(rate_hz: int) -> list[tuple[Tensor, Tensor, float]]:
    """Dry and wet sound [samples] and the knob, for each line of pairs.csv."""
    with (HERE / "pairs.csv").open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    found = []
    for line in lines:
        dry, wet = (read(HERE / line[end], rate_hz) for end in ("dry", "wet"))
        if len(dry) != len(wet):
            raise SystemExit(f"{line['wet']} is not as long as {line['dry']}; cut them alike")
        found.append((dry, wet, float(line["drive"])))
    return found
