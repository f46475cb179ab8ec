"""`tonecast train --dry A.wav --wet B.wav --name my-device`: an effect from two recordings."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ...plugin_core import LiveSession
from ..capture.hear import Hear
from ..capture.learn import learn_capture
from ..training.progress import train_to_the_end

if TYPE_CHECKING:
    from ...plugin_core.effect_files.contract import Capture
    from ..capture.ladder.limits import Limits
    from ..capture.ladder.tried import Tried
    from ..data.pair.check_result import CheckResult
    from ..training.config import Config
    from ..training.loop import Trainer

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
    live_device: int | str | None = None,
    live: bool = False,
) -> None:
    """Learn a capture, with checks, plan and progress on `console`, and the files on stdout.

    With `live` the newest weights play on an audio device meanwhile.
    """
    hear = Hear(lambda effect: LiveSession(effect, device=live_device)) if live else None

    def show_plan(config: Config) -> None:
        console.print(f"{config.stages[0].name}, {config.stages[0].steps} steps")

    def show_tried(tried: Tried) -> None:
        console.print(
            f"{tried.name}: ESR {10 ** (tried.esr_db / 10):.4f} ({tried.esr_db:.1f} dB) on the "
            f"validation parts, {100 * tried.core_share:.2f} % of a core, "
            f"{tried.latency_samples} samples of latency"
        )

    def train(trainer: Trainer) -> None:
        train_to_the_end(trainer, console, hear or (lambda trainer: None))

    with hear or nullcontext():
        capture = learn_capture(
            dry,
            wet,
            name,
            minutes,
            out,
            train,
            device,
            on_check=lambda result: show_check(console, result),
            on_plan=show_plan,
            on_tried=show_tried,
            delay_ms=delay_ms,
            limits=limits,
            levels=levels,
        )
    if hear:
        console.print(f"Heard live: {hear.versions} versions, each better than the one before")
    found = capture.figures
    console.print(
        f"ESR {found.esr:.4f} ({found.effect_db:.1f} dB) on the held-out part: {found.verdict}"
    )
    if capture.limit:
        console.print(capture.limit)
    print(capture.effect_path)
    print(capture.report_path)


def show_check(console: Console, result: CheckResult) -> None:
    """What a check of a pair has found, on a line."""
    console.print(f"{MARKS[result.kind]} {result.check}: ", result.message, sep="")
