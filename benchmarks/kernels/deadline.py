"""Kernels paced in real time: `python -m tonecast.benchmarks.kernels.deadline [SECONDS]`.

Inline, in the callback, at the papers' own hop. In parallel with each effect an idle thread with
empty callbacks is woken at the same pace: its misses are the machine's.
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from ...models.families.autoencoder.cae import CAE
from ...models.families.autoencoder.family import CAE_FAMILY
from ...models.families.weights import read_model
from ...models.release.checkpoint import export_model
from ...plugin_core.callback_benchmark import benchmark
from ...plugin_core.callback_benchmark.benchmark import NOTHING, Case, Row
from ...plugin_core.effect_files.catalog import EffectEntry
from .. import machine
from ..papers import papers_effects
from ..report import publish
from .kernels import export_random_cafx

SECONDS = 20.0
USUAL_S = 5.0  # to measure the median duration of a callback
RATE_HZ, BLOCK, HOP = 48_000, 64, 64
HEAD = f"""## Kernels in the callback

Played inline in the callback for {{seconds:.0f}} s at 48 kHz, blocks and hop of {BLOCK} samples:
a frame in every callback. The weights are those of 16 kHz models, taken for 48 kHz models, which
does not change the cost. The last columns are of an idle thread that is woken at the same pace at
the same time: its own misses, and the missed start deadlines: blocks started so late that a
callback of the effect's median duration would have missed its deadline. Those are the machine's.
`python -m tonecast.benchmarks.kernels.deadline 600` plays ten minutes.

| model | channels | played by | budget, µs | p50, µs | p99, µs | p99.9, µs | longest, µs | \
misses | overruns | allocations | latency, samples | idle thread's misses | missed start deadlines \
| wake-up latency, p99.9, µs |
|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""


def run(out_dir: Path, seconds: float = SECONDS) -> str:
    """Return the Markdown section; writes no file."""
    lines = [HEAD.format(seconds=seconds)]
    with tempfile.TemporaryDirectory() as folder, machine.all_cores():
        for name, channels, path in _models(Path(folder)):
            row, idle = _side_by_side(str(path), channels, seconds)
            lines.append(_line(name, row, idle))
    return "\n".join([*lines, ""])


def _models(folder: Path) -> list[tuple[str, int, Path]]:
    """Model, channels, and a file whose contract says 48 kHz."""
    entry = next(e for e in papers_effects().values() if _kind(e) == CAE_FAMILY.name)
    contract = replace(entry.contract, sample_rate_hz=RATE_HZ)
    cae, cafx = folder / "cae.onnx", folder / "cafx.onnx"
    export_model(read_model(next(iter(entry.files.values())), CAE), contract, cae)
    export_random_cafx(contract, cafx)
    return [("CAE", 2, cae), ("CAFx, random weights", 1, cafx)]


def _kind(entry: EffectEntry) -> str | None:
    return entry.contract.architecture.name if entry.contract.architecture else None


def _side_by_side(path: str, channels: int, seconds: float) -> tuple[Row, Row]:
    played = Case(
        path, "kernel-fast", "inline", BLOCK, RATE_HZ, channels, seconds, True, hop_size_samples=HOP
    )
    usual_us = _measure(replace(played, duration_s=min(seconds, USUAL_S))).p50_us
    with ThreadPoolExecutor(2) as pool:
        row, idle = pool.map(_measure, (played, replace(played, effect=NOTHING, needs_us=usual_us)))
    return row, idle


def _measure(case: Case) -> Row:
    return list(benchmark.measure(case))[-1]


def _line(name: str, row: Row, idle: Row) -> str:
    cells = (
        name,
        row.channels,
        row.backend,
        f"{row.budget_us:.0f}",
        *(f"{us:.0f}" for us in (row.p50_us, row.p99_us, row.p999_us, row.max_us)),
        row.misses,
        row.overruns,
        "?" if row.allocations is None else row.allocations,
        row.latency_samples,
        idle.misses,
        "–" if idle.missed_start_deadlines is None else idle.missed_start_deadlines,
        "–" if idle.wake_p999_us is None else f"{idle.wake_p999_us:.0f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    publish("kernel_deadline", run(Path(), float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
