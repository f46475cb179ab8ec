"""`tonecast process`: play audio files through an effect."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ..audio_files.files import BIT_DEPTHS, READABLE
from ..audio_files.render import RenderReport, render
from ..effect_files.loading import Backend, Device
from ..effects.automation import ParameterValue, is_automatic
from ..effects.effect import Effect
from ..errors import Error
from .messages import say
from .options import backend_option, compute_option

PICTURES = (".png", ".pdf", ".svg")
SWITCH = {"on": "1", "true": "1", "off": "0", "false": "0"}


@dataclass(frozen=True)
class Job:
    """A file to play, and the file to write."""

    source: Path
    target: Path


class Stopped(Exception):  # noqa: N818 - raised to end a job, not because of a fault
    """The user has stopped the command."""


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="IN... [OUT]", type=click.Path())
@click.option("--effect", "-e", "name", required=True, metavar="NAME|PATH", help="What to play.")
@click.option(
    "--set",
    "-s",
    "settings",
    multiple=True,
    metavar="CONTROL=VALUE",
    help="Set a control; 'tonecast info EFFECT' lists them.",
)
@click.option(
    "--out",
    "-o",
    type=click.Path(),
    help="Output file, or folder for several inputs. All other paths are then inputs.",
)
@backend_option
@compute_option
@click.option("--mix", type=float, help="0 is dry, 1 is wet.")
@click.option("--input-gain-db", type=float, help="Gain before the effect.")
@click.option("--output-gain-db", type=float, help="Gain after the effect.")
@click.option(
    "--bit-depth",
    type=click.Choice(["16", "24", "32"]),
    help="Bits per sample, 32 being float. As the input if not given.",
)
@click.option(
    "--format",
    "extension",
    type=click.Choice([extension[1:] for extension in BIT_DEPTHS]),
    help="Format of the files in an output folder. As the inputs if not given.",
)
@click.option("--plot", "plot_path", type=click.Path(path_type=Path), metavar="FILE.png",
              help="Plot an automatic control's values over a file's spectrogram.")  # fmt: skip
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, help="Files to play in parallel.")
@click.option("--overwrite", is_flag=True, help="Replace files that exist.")
def process(
    paths: tuple[str, ...],
    name: str,
    settings: tuple[str, ...],
    out: str | None,
    backend: Backend,
    compute: Device,
    mix: float | None,
    input_gain_db: float | None,
    output_gain_db: float | None,
    bit_depth: str | None,
    extension: str | None,
    plot_path: Path | None,
    jobs: int,
    overwrite: bool,
) -> None:
    """Play audio files, or all files of a folder, through an effect.

    Rate, channels and length are kept, and the extension of OUT names the format. Without --out the
    last path is the output, as with cp.

    \b
    tonecast process song.wav tamed.flac --effect resonance-eq --set attenuation=0.4
    tonecast process *.wav takes/ --effect resonance-eq --jobs 4
    tonecast process song.wav tamed.wav -e resonance-eq -s attenuation=auto --plot curve.png
    """  # noqa: D301 - click wants the character itself
    options = {"mix": mix, "input_gain_db": input_gain_db, "output_gain_db": output_gain_db}
    controls: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    controls.update(parse_settings(settings))
    try:
        effect = Effect(name, backend=backend, device=compute, **controls)
    except (TypeError, ValueError) as error:
        raise Error(str(error)) from None
    if out is None:
        if len(paths) < 2:
            raise Error(f"no output is given; name one after {paths[0]}, or with --out")
        *inputs, out = paths
    else:
        inputs = list(paths)
    planned, refused = plan(inputs, out, f".{extension}" if extension else None, overwrite)
    if plot_path is not None:
        check_plot(plot_path, effect, planned, refused)
    failed = refused + run(effect, planned, int(bit_depth) if bit_depth else None, jobs, plot_path)
    if len(planned) + len(refused) > 1 and failed:
        click.echo(f"tonecast: {len(failed)} of {len(planned) + len(refused)} failed:", err=True)
    for message in failed:
        say(message)
    sys.exit(2 if failed else 0)


def check_plot(path: Path, effect: Effect, planned: Sequence[Job], refused: Sequence[str]) -> None:
    """Raise tonecast.Error where nothing could be plotted, or the file cannot be written."""
    if path.suffix.lower() not in PICTURES:
        raise Error(f"{path} cannot be drawn; name a {', '.join(PICTURES[:-1])} or .svg file")
    if not path.parent.is_dir() or path.is_dir():
        raise Error(f"{path} cannot be written; name a file in a folder that exists")
    if len(effect.automatic) != 1:
        raise Error("--plot draws the values of an automatic control; set one to auto")
    if len(planned) + len(refused) != 1:
        raise Error("--plot draws one file; name a single input")


def parse_settings(settings: Sequence[str]) -> dict[str, ParameterValue]:
    """`["attenuation=0.4"]` as a mapping; "auto" stays text. Raise tonecast.Error."""
    parsed: dict[str, ParameterValue] = {}
    for setting in settings:
        control, _, value = setting.partition("=")
        if is_automatic(value.strip()):
            parsed[control.strip()] = value.strip()
            continue
        try:
            parsed[control.strip()] = float(SWITCH.get(value.strip().lower(), value))
        except ValueError:
            raise Error(
                f"--set takes CONTROL=VALUE with a number or auto, not {setting!r}"
            ) from None
    return parsed


def plan(
    inputs: Sequence[str], out: str, extension: str | None, overwrite: bool
) -> tuple[list[Job], list[str]]:
    """The files to play and to write, and a message for each input that is refused."""
    out_path = Path(out)
    into_folder = (
        len(inputs) > 1
        or Path(inputs[0]).is_dir()
        or out_path.is_dir()
        or out.endswith(("/", os.sep))
    )
    if into_folder and out_path.exists() and not out_path.is_dir():
        raise Error(f"{out} is a file; several inputs need a folder to go to")

    jobs: list[Job] = []
    refused: list[str] = []
    for given in map(Path, inputs):
        sources = _audio_files(given) if given.is_dir() else [given]
        if not sources:
            refused.append(f"{given} holds no audio files")
        for source in sources:
            target = out_path
            if into_folder:
                inside = source.relative_to(given) if given.is_dir() else Path(source.name)
                target = out_path / inside.with_suffix(extension or _writable(inside.suffix))
            elif extension:
                raise Error(f"--format is for output folders; {out} names its format itself")
            jobs.append(Job(source, target))

    taken: dict[Path, Path] = {}
    allowed = []
    for job in jobs:
        target = job.target.resolve()
        if target in taken:
            refused.append(f"{job.source} and {taken[target]} would both go to {job.target}")
        elif target in {other.source.resolve() for other in jobs}:
            refused.append(f"{job.target} is an input; choose another name for the output")
        elif job.target.exists() and not overwrite:
            refused.append(f"{job.target} exists; replace it with --overwrite")
        else:
            taken[target] = job.source
            allowed.append(job)
    return allowed, refused


def _audio_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in READABLE and not path.name.startswith(".") and path.is_file()
    )


def _writable(extension: str) -> str:
    return extension if extension.lower() in BIT_DEPTHS else ".wav"


def run(
    effect: Effect,
    jobs: Sequence[Job],
    bit_depth: int | None,
    at_once: int,
    plot_path: Path | None = None,
) -> list[str]:
    """Play all jobs, `at_once` in parallel. Return a message for each that failed."""
    stop = threading.Event()
    failed: list[str] = []
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[speed]:>6}"),
        TimeRemainingColumn(compact=True),
    )
    progress = Progress(
        *columns,
        console=console,
        disable=not console.is_terminal,
        redirect_stdout=sys.stdout.isatty(),  # not into the progress bar if stdout is a pipe
    )
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="render")
    try:
        with progress:
            futures: dict[Future[None], Job] = {
                pool.submit(_play, effect, job, bit_depth, progress, stop, plot_path): job
                for job in jobs
            }
            for future in futures:
                try:
                    future.result()
                except Error as error:
                    failed.append(str(error))
    finally:  # Ctrl-C arrives here, in the main thread: the workers clean up after themselves
        stop.set()
        pool.shutdown(cancel_futures=True)
    return failed


def _play(
    effect: Effect,
    job: Job,
    bit_depth: int | None,
    progress: Progress,
    stop: threading.Event,
    plot_path: Path | None,
) -> None:
    task = progress.add_task(job.source.name, total=None, speed="")
    start_s = time.monotonic()

    def show(played_s: float, total_s: float) -> None:
        if stop.is_set():
            raise Stopped
        speed = played_s / (time.monotonic() - start_s)
        progress.update(task, completed=played_s, total=total_s, speed=f"{speed:.0f} ×")

    try:
        report = render(effect, job.source, job.target, bit_depth, show)
    finally:
        progress.remove_task(task)
    click.echo(_summary(job, report, time.monotonic() - start_s))
    if plot_path is not None:
        from ..plots.automation_curve import plot_curve  # matplotlib, only when asked for

        for name, trace in report.automation_traces.items():
            plot_curve(job.source, effect.controls[name], trace, plot_path)


def _summary(job: Job, report: RenderReport, wall_s: float) -> str:
    speed = report.duration_s / wall_s
    notes = "".join(f"\n  note: {note}" for note in report.notes)
    return f"{job.source} → {job.target}: {report.duration_s:.1f} s, {speed:.0f} × real time{notes}"
