"""Live progress of a training: bar, time left, error; Ctrl-C ends it after the current step."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from ...plugin_core.errors import Error

if TYPE_CHECKING:
    from .loop import Report, Trainer

INTERRUPTED = 130


def make_folder(folder: Path) -> None:
    """Make a folder for the results. Raise tonecast.Error."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Error(f"{folder}: the folder cannot be made: {error.strerror}") from None


def train_to_the_end(
    trainer: Trainer, console: Console, on_step: Callable[[Trainer], None] = lambda trainer: None
) -> None:
    """Train with live progress; if stopped before the end, say how to resume, and exit."""
    if trainer.progress.steps_done:
        console.print(f"Resuming from step {trainer.progress.steps_done} of {trainer.path}")
    run_with_progress(trainer, console, on_step)
    if not trainer.finished:
        console.print(f"Stopped; {trainer.path} holds the training: the same command resumes it")
        sys.exit(INTERRUPTED)


def run_with_progress(
    trainer: Trainer, console: Console, on_step: Callable[[Trainer], None] = lambda trainer: None
) -> None:
    """Train with live progress. Ctrl-C ends after the current step."""
    from .malloc_tuning import keep_freed_memory

    def stop(number: int, frame: FrameType | None) -> None:
        trainer.stop_requested = True

    # Not earlier: reading the notes takes several times the memory that is kept of them.
    keep_freed_memory()
    stages = trainer.config.stages
    total = sum(stage.steps for stage in stages)
    began, first = time.monotonic(), trainer.progress.steps_done
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[state]}"),
        console=console,
    ) as progress:
        task = progress.add_task("", total=total, state="")

        def show(report: Report) -> None:
            on_step(trainer)
            done = sum(stage.steps for stage in stages[: report.stage_index]) + report.step
            per_step_s = (time.monotonic() - began) / (report.steps_done - first)
            left_s = per_step_s * (total - done)
            progress.update(
                task,
                completed=done,
                description=report.stage.name,
                state=f"{_time(left_s)} left · {trainer.samples_per_step / per_step_s / 1000:.0f}k "
                f"samples/s · ESR {report.validation_esr_db:.2f} dB, "
                f"best {report.best_esr_db:.2f} dB",
            )

        handlers = {s: signal.signal(s, stop) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            trainer.run(show)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)


def decibels_text(ratio: float) -> str:
    """A ratio of powers, as in "−20.00 dB"."""
    from .loop import decibels

    return f"{decibels(ratio):.2f} dB"


def _time(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
