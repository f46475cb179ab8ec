"""`tonecast train --dry A.wav --wet B.wav --name my-device`: an effect from two recordings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ..capture.learn import learn_capture
from ..training.progress import train_to_the_end

if TYPE_CHECKING:
    from ...plugin_core.effect_files.contract import Capture
    from ..data.pair.check_result import CheckResult
    from ..training.config import Config

MARKS = {"passed": "[green]✓[/green]", "corrected": "[yellow]↻[/yellow]", "warning": "[red]![/red]"}


def train_capture(
    dry: Path,
    wet: Path,
    name: str,
    minutes: float,
    out: Path,
    device: str,
    console: Console,
    delay_ms: float | None = None,
    levels: Capture | None = None,
) -> None:
    """Learn a capture, with checks, plan and progress on `console`, and the files on stdout."""

    def show_check(result: CheckResult) -> None:
        console.print(f"{MARKS[result.kind]} {result.check}: ", result.message, sep="")

    def show_plan(config: Config) -> None:
        frame = config.frame_format.frame_size_samples
        console.print(
            f"{config.model.upper()} at {config.sample_rate_hz} Hz, frames of {frame} samples "
            f"({1000 * frame / config.sample_rate_hz:.0f} ms), {config.stages[0].steps} steps"
        )

    capture = learn_capture(
        dry,
        wet,
        name,
        minutes,
        out,
        lambda trainer: train_to_the_end(trainer, console),
        device,
        on_check=show_check,
        on_plan=show_plan,
        delay_ms=delay_ms,
        levels=levels,
    )
    found = capture.figures
    console.print(
        f"ESR {found.esr:.4f} ({found.effect_db:.1f} dB) on the held-out part: {found.verdict}"
    )
    if capture.limit:
        console.print(capture.limit)
    print(capture.effect_path)
    print(capture.report_path)
