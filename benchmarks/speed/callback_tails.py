"""Duration of callbacks paced in real time, compared with the Python baseline."""

from __future__ import annotations

from pathlib import Path

from ...plugin_core.callback_benchmark import benchmark
from ...plugin_core.callback_benchmark.benchmark import IDENTITY, NOTHING, Row
from ...plugin_core.callback_benchmark.plot import plot_tails
from ...plugin_core.machine import processor_name
from .. import machine

EFFECT = "resonance-eq"
BLOCKS = (64, 128, 256, 480, 1024)
RATE_HZ = 48000
DURATION_S = 6.0
PICTURE = "callback_tails.png"
HEAD = f"""## Callbacks paced in real time

`tonecast bench {EFFECT} identity nothing --against-python`: stereo at 48 kHz, {DURATION_S:.0f} s a
row, called back when each block is due, nothing trimmed. `identity` is the engine alone, `nothing`
an empty callback: its wake-up latency is the machine's. A miss is a block that was not finished
when the next one was due, an overrun a callback that by itself took longer than its block lasts:
misses without overruns come from wake-up latency. Inline, the model's frames are in the tail; with
the worker, waking its thread is.

![Callback time over block size]({PICTURE})

| effect | backend | mode | block | budget, µs | p50, µs | p99, µs | p99.9, µs | longest, µs | \
misses | overruns | late frames | allocations | latency, ms | wake-up latency, p99.9, µs |
|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes a picture."""
    cases = benchmark.plan(
        (EFFECT, IDENTITY, NOTHING),
        BLOCKS,
        RATE_HZ,
        channels=2,
        modes=("inline", "worker"),
        duration_s=DURATION_S,
        paced=True,
        against_python=True,
    )
    with machine.all_cores():  # audio thread and worker run in parallel, as in a host
        rows = [list(benchmark.measure(case))[-1] for case in cases]
    plot_tails([row for row in rows if row.effect != NOTHING], processor_name(), out_dir / PICTURE)
    return "\n".join([HEAD, *map(_line, rows), ""])


def _line(row: Row) -> str:
    cells = (
        row.effect,
        row.backend,
        row.mode,
        row.block,
        f"{row.budget_us:.0f}",
        *(f"{us:.1f}" for us in (row.p50_us, row.p99_us, row.p999_us, row.max_us)),
        row.misses,
        row.overruns,
        row.late_frames,
        "?" if row.allocations is None else row.allocations,
        f"{row.latency_ms:.1f}",
        "–" if row.wake_p999_us is None else f"{row.wake_p999_us:.0f}",
    )
    return f"| {' | '.join(map(str, cells))} |"
