"""`tonecast train --pairs box.csv --name my-box`: an effect with the knobs of a device."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ..capture.knobs.learn import learn_knobs
from ..capture.knobs.report import summary
from ..training.progress import train_to_the_end
from .train_capture import show_check

if TYPE_CHECKING:
    from ...plugin_core.effect_files.contract import Capture
    from ..training.config import Config


def train_knobs(
    table: Path,
    name: str,
    minutes: float,
    out: Path,
    device: str,
    console: Console,
    delay_ms: float | None = None,
    family: str | None = None,
    levels: Capture | None = None,
) -> None:
    """Learn a capture with knobs, with checks and progress on `console`, the files on stdout."""

    def show_plan(config: Config) -> None:
        console.print(f"{config.data.credit}")
        console.print(f"{config.stages[0].name}, {config.stages[0].steps} steps")

    capture = learn_knobs(
        table,
        name,
        minutes,
        out,
        lambda trainer: train_to_the_end(trainer, console),
        device,
        lambda result: show_check(console, result),
        show_plan,
        delay_ms,
        family,
        levels,
    )
    console.print(summary(capture.measured).replace("**", ""))
    print(capture.effect_path)
    print(capture.report_path)
