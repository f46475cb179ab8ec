"""How `tonecast process` plays its files: some at a time, and whatever happens to one of them."""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ...audio_files.pipes import STDOUT
from ...effects.effect import Effect
from ...errors import Error
from .plan import Job
from .render import RenderReport, render

SIGNALS_SEEN_S = 0.1


class Stopped(Exception):  # noqa: N818 - raised to end a job, not because of a fault
    """The user has stopped the command."""


def run(
    effect: Effect,
    jobs: Sequence[Job],
    bit_depth: int | None,
    at_once: int,
    plot_path: Path | None = None,
    overwrite: bool = False,
    sidechain: Path | None = None,
) -> tuple[list[str], list[str]]:
    """Play all jobs, `at_once` in parallel. Return messages: of those that failed, and of the run.

    A job fails by itself: whatever it raises, in whichever library, is a message, and the others go
    on. Only the user's signals end all.
    """
    stop = threading.Event()
    failed: dict[Job, str] = {}
    says = _Summaries(to_stderr=any(job.target == STDOUT for job in jobs))
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
            futures: dict[Future[str], Job] = {
                pool.submit(
                    _play, effect, job, bit_depth, progress, stop, plot_path, overwrite, sidechain
                ): job
                for job in jobs
            }
            waiting = set(futures)
            while waiting:
                # A signal just before an endless wait would not end it.
                done, waiting = wait(waiting, SIGNALS_SEEN_S, FIRST_COMPLETED)
                for future in done:
                    try:
                        says.say(future.result())
                    except Exception as error:
                        failed[futures[future]] = _one_line(futures[future], error)
    finally:  # Ctrl-C arrives here, in the main thread: the workers clean up after themselves
        stop.set()
        pool.shutdown(cancel_futures=True)
    return [failed[job] for job in jobs if job in failed], says.failed


def _one_line(job: Job, error: Exception) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, Error):
        return text
    return f"{job.source} could not be played: {type(error).__name__}: {text}"


class _Summaries:
    """Lines on standard output. Where that is full or closed, the files are played all the same."""

    def __init__(self, to_stderr: bool) -> None:
        self.failed: list[str] = []
        self._to_stderr = to_stderr

    def say(self, text: str) -> None:
        """Print a summary, unless that has failed before."""
        if self.failed:
            return
        try:
            click.echo(text, err=self._to_stderr)
        except OSError as error:
            self.failed = [f"standard output cannot be written: {error.strerror}"]
            devnull = os.open(os.devnull, os.O_WRONLY)
            os.dup2(devnull, sys.stdout.fileno())  # what is left in its buffer goes there at exit
            os.close(devnull)


def _play(
    effect: Effect,
    job: Job,
    bit_depth: int | None,
    progress: Progress,
    stop: threading.Event,
    plot_path: Path | None,
    overwrite: bool,
    sidechain: Path | None,
) -> str:
    """Play a job and return its summary."""
    task = progress.add_task(job.source.name, total=None, speed="")
    start_s = time.monotonic()

    def show(played_s: float, total_s: float) -> None:
        if stop.is_set():
            raise Stopped
        if total_s:
            speed = f"{played_s / (time.monotonic() - start_s):.0f} ×"
            progress.update(task, completed=played_s, total=total_s, speed=speed)

    try:
        report = render(
            effect,
            job.source,
            job.target,
            bit_depth,
            show,
            extension=job.extension,
            overwrite=overwrite,
            sidechain=sidechain,
        )
    finally:
        progress.remove_task(task)
    summary = _summary(job, report, time.monotonic() - start_s)
    if plot_path is not None:
        from ...plots.automation_curve import plot_curve  # matplotlib, only when asked for

        for name, trace in report.automation_traces.items():
            plot_curve(job.source, effect.controls[name], trace, plot_path, overwrite)
    return summary


def _summary(job: Job, report: RenderReport, wall_s: float) -> str:
    speed = report.duration_s / wall_s if wall_s else math.inf
    notes = "".join(f"\n  note: {note}" for note in report.notes)
    return f"{job.source} → {job.target}: {report.duration_s:.1f} s, {speed:.0f} × real time{notes}"
