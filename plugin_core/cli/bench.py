"""`tonecast bench`: how long callbacks take, for every block size."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

import click
from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ..atomic_write import atomic_write, check_new, check_writable
from ..callback_benchmark import benchmark
from ..callback_benchmark.benchmark import BLOCKS, MAX_BLOCK_SAMPLES, Case, Mode, Row
from ..effect_files.loading import Backend, Device
from ..errors import Error
from ..machine import describe_machine
from .messages import say
from .options import (
    backend_option,
    backend_text,
    compute_option,
    note_renamed,
    overwrite_option,
)
from .process.command import parse_settings
from .words import complete_effect, complete_setting

CASE_COLUMNS = ("Effect", "Backend", "Mode")  # over each table at a terminal
COLUMNS = (  # with their minimum width, so that all tables align
    ("Block", 5), ("Budget µs", 6), ("p50 µs", 5), ("p99 µs", 5), ("p99.9 µs", 5), ("Max µs", 6),
    ("p99.9 %", 5), ("Misses", 6), ("Late frames", 6), ("Allocs", 6),
    ("Latency samples", 7), ("Latency ms", 7),
)  # fmt: skip
MODES: dict[str, tuple[Mode, ...]] = {
    "inline": ("inline",),
    "worker": ("worker",),
    "both": ("inline", "worker"),
}
PICTURES = (".png", ".pdf", ".svg")
MIN_CALLBACKS = 1000  # for a 99.9th percentile that is not simply the longest


class BlockSizes(click.ParamType[tuple[int, ...]]):
    """`16,32,64` as a tuple of samples."""

    name = "blocks"

    def convert(
        self, value: object, parameter: click.Parameter | None, context: click.Context | None
    ) -> tuple[int, ...]:
        """Each size once, in the order given."""
        if isinstance(value, tuple):
            return value
        try:
            blocks = tuple(dict.fromkeys(int(part) for part in str(value).split(",")))
        except ValueError:
            raise Error(f"--blocks takes sizes such as 64,128,256, not {value!r}") from None
        for block in blocks:
            if not 1 <= block <= MAX_BLOCK_SAMPLES:
                raise Error(
                    f"a block of {block} samples cannot be played; "
                    f"choose from 1 to {MAX_BLOCK_SAMPLES}"
                )
        return blocks


@click.command()
@click.argument("effects", nargs=-1, metavar="[EFFECT]...", shell_complete=complete_effect)
@click.option(
    "--blocks",
    type=BlockSizes(),
    metavar="N,N,...",
    default=BLOCKS,
    show_default=" ".join(map(str, BLOCKS)),
    help="Buffer sizes in samples.",
)
@click.option("--rate", "rate_hz", type=click.IntRange(8000, 384000), default=48000,
              show_default=True, metavar="HZ", help="The host's sample rate.")  # fmt: skip
@click.option("--channels", type=click.IntRange(1, 8), default=2, show_default=True)
@click.option(
    "--mode",
    type=click.Choice(list(MODES)),
    help="Where the model runs: in the callback, or on a worker thread. By default both, but "
    "inline with --free-running.",
)
@click.option(
    "--duration",
    "duration_s",
    type=click.FloatRange(0, min_open=True),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Sound played for each row; hours for a soak.",
)
@click.option("--set", "-s", "settings", multiple=True, metavar="CONTROL=VALUE",
              shell_complete=complete_setting,
              help="Set a control; attenuation=auto also measures the predictor.")  # fmt: skip
@click.option(
    "--paced/--free-running",
    default=True,
    show_default=True,
    help="Call back paced in real time, as a sound card does, or without a pause.",
)
@click.option("--fast", is_flag=True, hidden=True)  # the old name of --free-running
@click.option("--json", "json_path", type=click.Path(path_type=Path), metavar="FILE",
              help="Write all figures, and a description of the machine.")  # fmt: skip
@click.option("--plot", "plot_path", type=click.Path(path_type=Path), metavar="FILE.png",
              help="Draw the tails against the budget.")  # fmt: skip
@backend_option
@compute_option
@click.option("--hop", "hop_size_samples", type=click.IntRange(0), default=0, metavar="SAMPLES",
              help="From frame to frame, at the model's rate; 0 is the default.")  # fmt: skip
@click.option("--against-python", is_flag=True,
              help="Compare with a Python loop over onnxruntime.")  # fmt: skip
@overwrite_option
def bench(
    effects: tuple[str, ...],
    blocks: tuple[int, ...],
    rate_hz: int,
    channels: int,
    mode: str | None,
    duration_s: float,
    settings: tuple[str, ...],
    paced: bool,
    fast: bool,
    json_path: Path | None,
    plot_path: Path | None,
    backend: Backend,
    compute: Device,
    hop_size_samples: int,
    against_python: bool,
    overwrite: bool,
) -> None:
    """Measure how long callbacks take, for every buffer size.

    EFFECT is an installed effect (all of them if none is given), an .onnx file, 'identity' for the
    engine alone, or 'nothing' for the wake-up latency of the machine.

    All callbacks count, from the first one on. The budget is the duration of a block; p99.9 is also
    shown in per cent of it. A miss is a block that was not finished when the next one was due; late
    frames were played dry; allocations are all those on the audio thread, in any library.

    \b
    tonecast bench
    tonecast bench resonance-eq identity --blocks 64,128 --json rows.json --plot tails.png
    tonecast bench resonance-eq --mode worker --blocks 128 --duration 3600
    """  # noqa: D301 - click wants the character itself
    if fast:
        note_renamed("--fast", "--free-running")
        paced = False
    if not math.isfinite(duration_s):
        raise Error("--duration takes seconds; for hours, 3600 each")
    modes = MODES[mode or ("both" if paced else "inline")]
    cases = benchmark.plan(
        effects,
        blocks,
        rate_hz,
        channels,
        modes,
        duration_s,
        paced,
        against_python,
        parse_settings(settings),
        backend,
        hop_size_samples,
        compute,
    )
    check_targets(json_path, plot_path, overwrite)
    machine = describe_machine()
    rows: list[Row] = []
    refused: list[str] = []
    try:
        with View(cases) as view:
            for case in cases:
                latest: Row | None = None
                try:
                    for latest in benchmark.measure(case):
                        view.show(latest)
                except Error as error:  # the other cases may be playable
                    refused.append(f"{case.effect}, {case.mode}, {case.block}: {error}")
                finally:  # after Ctrl-C, what has been measured so far is kept
                    if latest is not None:
                        rows.append(latest)
                    view.keep(case, latest)
                    if json_path is not None:
                        write_json(json_path, machine, rows)
    finally:
        if plot_path is not None and rows:
            from ..callback_benchmark.plot import plot_tails  # matplotlib, only when asked for

            plot_tails(rows, str(machine["processor"]), plot_path)
        for note in notes(rows):
            click.echo(note, err=True)
    for message in refused:
        say(message)
    sys.exit(2 if refused else 0)


def check_targets(json_path: Path | None, plot_path: Path | None, overwrite: bool) -> None:
    """Raise tonecast.Error for files that cannot be written, before anything is measured."""
    if plot_path is not None and plot_path.suffix.lower() not in PICTURES:
        raise Error(f"{plot_path} cannot be drawn; name a {', '.join(PICTURES[:-1])} or .svg file")
    for path in (json_path, plot_path):
        if path is None:
            continue
        if path.is_dir():
            raise Error(f"{path} is a folder; name a file in it")
        check_new(path, overwrite)
        try:
            check_writable(path)
        except OSError as error:
            raise Error(f"{path} cannot be written: {error.strerror}") from None


def write_json(path: Path, machine: dict[str, str | int | float | None], rows: list[Row]) -> None:
    """Replace the file atomically, so that it is complete whenever it is read."""
    content = [{"machine": machine}, *(asdict(row) for row in rows)]
    try:
        with atomic_write(path) as draft:
            draft.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n")
    except OSError as error:
        raise Error(f"{path} cannot be written: {error.strerror}") from None


class View:
    """A table that grows at a terminal; tab-separated lines in a pipe."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._out = Console(highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(compact=True),
            console=None if self._out.is_terminal else Console(stderr=True),
            disable=not (self._out.is_terminal or Console(stderr=True).is_terminal),
        )
        self._task = self._progress.add_task("", total=sum(case.duration_s for case in cases))
        self._played_s = 0.0  # in rows before the one being measured
        self._rows: list[Row] = []
        self._live = Live(console=self._out, refresh_per_second=4)

    def __enter__(self) -> View:
        if self._out.is_terminal:
            self._live.start()
        else:
            names = [*CASE_COLUMNS, *(name for name, _ in COLUMNS)]
            print("\t".join(names), flush=True)
            self._progress.start()
        return self

    def show(self, row: Row) -> None:
        """Show a row that is still growing."""
        self._progress.update(
            self._task,
            completed=self._played_s + _played_s(row),
            description=f"{row.effect}, {row.mode}, {row.block}",
        )
        self._refresh(row)

    def keep(self, case: Case, row: Row | None) -> None:
        """Add a row that is complete; None where the case could not be played."""
        self._played_s += case.duration_s
        if row is None:
            return
        self._rows.append(row)
        self._refresh(None)
        if not self._out.is_terminal:
            played_by = backend_text(row.backend, row.device)
            print("\t".join((row.effect, played_by, row.mode, *cells(row))), flush=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._out.is_terminal:
            self._live.update(self._tables(None))
            self._live.stop()
        else:
            self._progress.stop()

    def _refresh(self, growing: Row | None) -> None:
        if self._out.is_terminal:
            self._live.update(Group(self._tables(growing), self._progress.get_renderable()))

    def _tables(self, growing: Row | None) -> Group:
        tables: dict[tuple[str, str, str], Table] = {}
        for row in [*self._rows, *([growing] if growing else [])]:
            case = (row.effect, backend_text(row.backend, row.device), row.mode)
            if case not in tables:
                tables[case] = _new_table(", ".join(case))
            style = "dim" if row is growing else "red" if row.misses else ""
            tables[case].add_row(*map(Text, cells(row)), style=style)
        return Group(*(part for table in tables.values() for part in (table, "")))


def _new_table(title: str) -> Table:
    table = Table(
        title=Text(title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=0,
    )
    for name, width in COLUMNS:
        table.add_column(name.replace(" ", "\n", 1), justify="right", min_width=width)
    return table


def _played_s(row: Row) -> float:
    return (row.callbacks + row.skipped_blocks) * row.block / row.rate_hz


def cells(row: Row) -> tuple[str, ...]:
    """What a table shows of a row; p99.9 also in per cent of the budget."""
    return (
        str(row.block),
        _us(row.budget_us),
        _us(row.p50_us),
        _us(row.p99_us),
        _us(row.p999_us),
        _us(row.max_us),
        f"{100 * row.budget_share:.1f}",
        str(row.misses),
        str(row.late_frames),
        "?" if row.allocations is None else str(row.allocations),
        str(row.latency_samples),
        f"{row.latency_ms:.1f}",
    )


def _us(duration_us: float) -> str:
    return f"{duration_us:.1f}" if duration_us < 100 else f"{duration_us:.0f}"


def notes(rows: Sequence[Row]) -> list[str]:
    """Notes on the table, a line each."""
    found = []
    late_wake_ups = [row for row in rows if row.misses and not row.overruns]
    if late_wake_ups:
        misses = sum(row.misses for row in late_wake_ups)
        longest_us = max(row.wake_max_us or 0.0 for row in late_wake_ups)
        found.append(
            f"note: {misses} of the misses came from wake-up latency (up to "
            f"{_us(longest_us)} µs), not from long callbacks: the machine was busy"
        )
    if any(row.paced and not row.priority for row in rows):
        found.append(
            "note: the system gave the audio thread no real-time priority; "
            "'tonecast doctor' says how to get it"
        )
    late = sum(row.late_predictions + row.bad_predictions for row in rows)
    if any(row.predictions for row in rows):
        longest_ms = max(row.longest_prediction_us for row in rows) / 1000
        found.append(
            f"note: {late} of {sum(row.predictions for row in rows)} predictions were late or bad; "
            f"the longest took {longest_ms:.1f} ms"
        )
    found.extend({f"note: {reason}": None for row in rows for reason in row.fallback_reasons})
    if any(row.allocations is None for row in rows):
        found.append("note: allocations cannot be counted on this system")
    few = [row.block for row in rows if row.callbacks < MIN_CALLBACKS]
    if few:
        found.append(
            f"note: with blocks of {min(few)} and more there were fewer than {MIN_CALLBACKS} "
            f"callbacks, so p99.9 is the longest one; measure for a longer --duration"
        )
    return found
