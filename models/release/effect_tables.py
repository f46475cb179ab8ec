"""A trained effect on held-out notes, through the engine: by hop, and by instrument."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from ...plugin_core import Effect
from ..data.note import Note
from ..training.config import Config
from ..training.evaluate import Figures, evaluate
from ..training.session import held_out_notes

HEAD = """| {} | kl | mse | mae | loss | ESR, dB | median note, dB |
|{}|---:|---:|---:|---:|---:|---:|"""


def tables(config: Config, effect_path: Path) -> str:
    """Markdown: figures on the test notes of a config, and of the unprocessed input.

    Of an effect that plays frames there are some at every hop.

    For notes of several instruments, also of each at the default hop.
    """
    notes = held_out_notes(config)
    recordings = ", ".join(sorted({note.recording for note in notes}))
    lines = [f"{len(notes)} notes held out: {recordings}.", ""]
    unprocessed = None
    if Effect(effect_path).contract.form == "causal":
        played, unprocessed = evaluate(Effect(effect_path), notes)
        lines += [HEAD.format("sound", "---"), row("this effect", played)]
    else:
        lines.append(HEAD.format("hop, samples", "---:"))
        for hop in Effect(effect_path).contract.hop_sizes_samples:
            played, unprocessed = evaluate(Effect(effect_path, hop_size_samples=hop), notes)
            lines.append(row(str(hop), played))
    if unprocessed is not None:
        lines.append(row("unprocessed input", unprocessed))
    groups = by_instrument(notes)
    if len(groups) > 1:
        lines += ["", HEAD.format("instrument", "---")]
    for instrument, group in groups.items() if len(groups) > 1 else ():
        played, unprocessed = evaluate(Effect(effect_path), group)
        lines += [row(instrument, played), row(f"{instrument}, unprocessed", unprocessed)]
    return "\n".join(lines)


def by_instrument(notes: Sequence[Note]) -> dict[str, list[Note]]:
    """Notes by instrument, in alphabetical order."""
    names = sorted({note.instrument for note in notes})
    return {name: [note for note in notes if note.instrument == name] for name in names}


def row(name: str, found: Figures) -> str:
    """A line of the table."""
    esr_db, median_db = (10 * math.log10(ratio) for ratio in (found.esr, found.median_esr))
    return (
        f"| {name} | {found.kl:.6f} | {found.mse:.6f} | {found.mae:.6f} | "
        f"{found.paper_loss:.6f} | {esr_db:.2f} | {median_db:.2f} |"
    )
