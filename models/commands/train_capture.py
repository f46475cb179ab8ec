"""`tonecast train --dry A.wav --wet B.wav --name my-box`: from two recordings to an effect."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ...plugin_core.errors import Error
from ..training.progress import make_folder, train_to_the_end

if TYPE_CHECKING:
    from ..capture.figures import PairFigures

MARKS = {"passed": "[green]✓[/green]", "corrected": "[yellow]↻[/yellow]", "warning": "[red]![/red]"}


def train_pair(
    dry: Path, wet: Path, name: str, minutes: float, out: Path, device: str, console: Console
) -> PairFigures:
    """Check the pair, train, export, verify, report. Raise tonecast.Error."""
    from ..capture.config import check_name
    from ..capture.report import Learned, limit_sentence, write_report
    from ..capture.session import make_pair_trainer
    from ..data.pair.pair import read_pair
    from ..release.checkpoint import export_checkpoint
    from ..training import checkpoint

    check_name(name)
    kept, effect, report = out / f"{name}.pt", out / f"{name}.onnx", out / name
    _check_free(kept, effect, report)
    pair = read_pair(dry, wet)
    for result in pair.check_results:
        console.print(f"{MARKS[result.kind]} {result.check}: ", result.sentence, sep="")
    make_folder(out)
    trainer, spans = make_pair_trainer(pair, name, minutes, kept, device)
    frame = trainer.config.frame_format.frame_size_samples
    console.print(
        f"{trainer.config.model.upper()} at {pair.sample_rate_hz} Hz, frames of {frame} "
        f"samples ({1000 * frame / pair.sample_rate_hz:.0f} ms), "
        f"{trainer.config.stages[0].steps} steps"
    )
    train_to_the_end(trainer, console)
    try:
        export_checkpoint(checkpoint.load(kept), effect)
    except OSError as error:
        raise Error(
            f"{effect} cannot be written: {error.strerror}; the training is kept, and the same "
            f"command goes on from there"
        ) from None
    learned = Learned(
        trainer.config, effect, pair, spans, trainer.progress.seconds, trainer.progress.steps_done
    )
    found = write_report(learned, report)
    console.print(
        f"ESR {found.esr:.4f} ({found.effect_db:.1f} dB) on what was held out: {found.verdict}"
    )
    limit = limit_sentence(found, pair.device_type)
    if limit:
        console.print(limit)
    print(effect)
    print(report / "report.md")
    return found


def _check_free(kept: Path, effect: Path, report: Path) -> None:
    """Raise tonecast.Error where something would be overwritten; a training begun is gone on."""
    taken = report if report.exists() else effect if effect.exists() and not kept.exists() else None
    if taken is not None:
        raise Error(f"{taken} is there already; give another --name or --out, or move it away")
