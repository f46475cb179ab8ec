"""`tonecast train --dry A.wav --wet B.wav --name my-device`: an effect from two recordings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ..capture.learn import learn_capture
from ..training.progress import train_to_the_end

if TYPE_CHECKING:
    from ...plugin_core.effect_files.contract import Capture
    from ..capture.limits import Limits
    from ..capture.tried import Tried
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
    limits: Limits | None = None,
    levels: Capture | None = None,
) -> None:
    """Learn a capture, with checks, plan and progress on `console`, and the files on stdout."""

    def show_check(result: CheckResult) -> None:
        console.print(f"{MARKS[result.kind]} {result.check}: ", result.message, sep="")

    def show_plan(config: Config) -> None:
        console.print(f"{config.stages[0].name}, {config.stages[0].steps} steps")

    def show_tried(tried: Tried) -> None:
        console.print(
            f"{tried.name}: ESR {10 ** (tried.esr_db / 10):.4f} ({tried.esr_db:.1f} dB) on the "
            f"validation parts, {100 * tried.core_share:.2f} % of a core, "
            f"{tried.latency_samples} samples of latency"
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
        on_tried=show_tried,
        delay_ms=delay_ms,
        limits=limits,
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
