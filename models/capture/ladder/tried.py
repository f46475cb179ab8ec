"""What was tried on a pair, kept beside the trainings so that a stopped ladder goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ....plugin_core.atomic_write import atomic_write
from ....plugin_core.errors import Error

FILE = "tried.json"


@dataclass(frozen=True)
class Tried:
    """A rung: its ESR on the validation parts, played by the engine, and what it costs.

    `core_share` is of one core's time, `latency_samples` at the pair's rate, `seconds` how long it
    was trained.
    """

    name: str
    is_causal: bool
    esr_db: float
    core_share: float
    latency_samples: int
    seconds: float


def read_tried(folder: Path, credit: str) -> list[Tried]:
    """Those in a folder, if any. Raise tonecast.Error if they are of another pair."""
    path = folder / FILE
    if not path.exists():
        return []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        tried = [Tried(**one) for one in found["tried"]]
        same = found["credit"] == credit
    except (OSError, ValueError, KeyError, TypeError):
        raise Error(f"{path}: cannot be read; move {folder} away to begin again") from None
    if not same:
        raise Error(
            f"{folder} holds trainings of something else, not of {credit}; move it away or give "
            f"another --name"
        )
    return tried


def write_tried(folder: Path, credit: str, tried: Sequence[Tried]) -> None:
    """Keep them in a folder."""
    with atomic_write(folder / FILE) as draft:
        draft.write_text(
            json.dumps({"credit": credit, "tried": [asdict(one) for one in tried]}),
            encoding="utf-8",
        )
