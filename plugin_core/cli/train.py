"""`tonecast train`: learn an effect from examples."""

from __future__ import annotations

import signal
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from .._engine import Error

if TYPE_CHECKING:
    from ...models.training.loop import Report, Trainer

INTERRUPTED = 130


@click.command()
@click.argument("config_path", metavar="CONFIG", type=click.Path(path_type=Path))
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("training"),
    show_default=True,
    help="Folder for the checkpoint and the effect.",
)
@click.option("--data", metavar="FOLDER", help="Recordings, instead of the folder in CONFIG.")
@click.option("--device", default="cpu", show_default=True, help="Where to compute: cpu or cuda.")
@click.option("--threads", type=click.IntRange(1), help="CPU threads; all cores by default.")
def train(config_path: Path, out: Path, data: str | None, device: str, threads: int | None) -> None:
    """Train a model as CONFIG, a TOML file, says.

    CONFIG is a path, or the name of a config that comes with tonecast, such as eq-lowshelf. Stop
    with Ctrl-C at any time; the same command goes on from there, with nothing lost.
    """
    _need_torch()
    import torch

    from ...models.training.config import read_config
    from ...models.training.memory import keep_freed_memory
    from ...models.training.session import make_trainer

    if device.startswith("cuda") and not torch.cuda.is_available():
        raise Error("PyTorch finds no CUDA device here; train with --device cpu")
    if threads is not None:
        torch.set_num_threads(threads)
    keep_freed_memory()
    config = read_config(_find(config_path), data)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Error(f"{out}: no folder can be made there: {error.strerror}") from None
    checkpoint = out / f"{config.name}.pt"
    console = Console(stderr=True)
    console.print(f"Reading {config.data.credit} …")
    trainer, notes = make_trainer(config, checkpoint, device)
    console.print(
        f"{len(notes.training)} notes to train on, {len(notes.validation)} to choose by, "
        f"{len(notes.test)} held out for the test"
    )
    if trainer.steps_done:
        console.print(f"Going on from step {trainer.steps_done} of {checkpoint}")
    _run(trainer, console)
    if not trainer.finished:
        console.print(f"Stopped; {checkpoint} holds everything: the same command goes on")
        sys.exit(INTERRUPTED)
    console.print(f"Validation ESR {_db(trainer.best_esr)} after {trainer.seconds:.0f} s")
    print(f"tonecast export {checkpoint} {out / config.name}.onnx")


@click.command(name="export")
@click.argument("checkpoint_path", metavar="CHECKPOINT", type=click.Path(path_type=Path))
@click.argument("effect_path", metavar="OUT.onnx", type=click.Path(path_type=Path))
def export_command(checkpoint_path: Path, effect_path: Path) -> None:
    """Turn a checkpoint of a training into an effect file, checked against PyTorch."""
    _need_torch()
    from ...export.cae import differences, export_checkpoint
    from ...models.training import checkpoint

    found = checkpoint.load(checkpoint_path)
    if not effect_path.parent.is_dir():
        raise Error(f"{effect_path.parent} is no folder; make it first")
    export_checkpoint(found, effect_path)
    difference = differences(found.model(), effect_path)
    print(
        f"{effect_path}: of {difference.frames} frames of noise, half differ from the model by "
        f"less than {difference.median:.1e} of their peak, 99 in 100 by less than "
        f"{difference.p99:.1e}"
    )


def _run(trainer: Trainer, console: Console) -> None:
    """Train with live progress. Ctrl-C ends after the current step."""

    def stop(number: int, frame: FrameType | None) -> None:
        trainer.stop_requested = True

    stages = trainer.config.stages
    total = sum(stage.steps for stage in stages)
    began, first = time.monotonic(), trainer.steps_done
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[state]}"),
        console=console,
    ) as progress:
        task = progress.add_task("", total=total, state="")

        def show(report: Report) -> None:
            done = sum(stage.steps for stage in stages[: report.stage_index]) + report.step
            per_step_s = (time.monotonic() - began) / (report.steps_done - first)
            left_s = per_step_s * (total - done)
            progress.update(
                task,
                completed=done,
                description=report.stage.name,
                state=f"{_time(left_s)} left · {trainer.config.batch_frames / per_step_s:.0f} "
                f"frames/s · ESR {report.validation_esr_db:.2f} dB, "
                f"best {report.best_esr_db:.2f} dB",
            )

        handlers = {s: signal.signal(s, stop) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            trainer.run(show)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)


def _find(path: Path) -> Path:
    """The config at a path, or the one of that name that comes with tonecast."""
    if path.suffix == ".toml" or path.parent != Path():
        return path
    from ... import models

    folder = Path(models.__path__[0]) / "configs"
    shipped = {file.stem: file for file in sorted(folder.glob("*.toml"))}
    if path.name not in shipped:
        raise Error(
            f"no config named '{path}' comes with tonecast; there is {', '.join(shipped)}, "
            f"or give the path of a .toml file"
        )
    return shipped[path.name]


def _need_torch() -> None:
    if find_spec("torch") is None:
        raise Error("training needs PyTorch; run \"pip install 'tonecast[train]'\"")


def _db(ratio: float) -> str:
    from ...models.training.loop import decibels

    return f"{decibels(ratio):.2f} dB"


def _time(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
