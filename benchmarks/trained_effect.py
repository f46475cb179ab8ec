"""A trained effect on held-out notes, through the engine, hop by hop.

    python -m tonecast.benchmarks.trained_effect CHECKPOINT EFFECT.onnx

Run it where the folder in the checkpoint's config is found.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from ..models.training import checkpoint
from ..models.training.evaluate import Figures, evaluate
from ..models.training.session import prepare
from ..plugin_core import Effect

HEAD = """| hop, samples | kl | mse | mae | loss | ESR, dB | median note, dB |
|---:|---:|---:|---:|---:|---:|---:|"""


def table(checkpoint_path: Path, effect_path: Path) -> str:
    """Markdown: figures on the test notes of a training at every hop, and of doing nothing."""
    notes = prepare(checkpoint.load(checkpoint_path).config).test
    recordings = ", ".join(sorted({note.recording for note in notes}))
    rows = [f"{len(notes)} notes held out: {recordings}.", "", HEAD]
    nothing = None
    for hop in Effect(effect_path).contract.hop_sizes_samples:
        played, nothing = evaluate(Effect(effect_path, hop_size_samples=hop), notes)
        rows.append(_row(str(hop), played))
    if nothing is not None:
        rows.append(_row("nothing done", nothing))
    return "\n".join(rows)


def _row(name: str, found: Figures) -> str:
    esr_db, median_db = (10 * math.log10(ratio) for ratio in (found.esr, found.median_esr))
    return (
        f"| {name} | {found.kl:.6f} | {found.mse:.6f} | {found.mae:.6f} | "
        f"{found.paper_loss:.6f} | {esr_db:.2f} | {median_db:.2f} |"
    )


if __name__ == "__main__":
    print(table(Path(sys.argv[1]), Path(sys.argv[2])))
