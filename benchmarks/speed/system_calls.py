"""System calls of the audio thread, counted with strace."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from ...plugin_core.callback_benchmark.benchmark import NOTHING, Case, Mode, command
from .. import machine

RATE_HZ, BLOCK, CHANNELS = 48_000, 256, 2
SECONDS = 10.0
# The benchmark's driver replaces a sound card: it sleeps until the next block is due.
PACE = "clock_nanosleep"
HEAD = f"""## System calls of the audio thread

`strace -f` over `tonecast bench --paced`: {SECONDS:.0f} s of stereo at 48 kHz in blocks of {BLOCK}
samples, from the first block to the last. Sleeping until the next block is due replaces a sound
card; all other calls are counted. A futex here wakes the worker; the audio thread itself never
waits.

| effect | backend | mode | blocks | sleeps between blocks | wake-ups (futex) | other calls |
|---|---|---|---:|---:|---:|---|"""


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes no file. SystemExit where strace is missing."""
    if shutil.which("strace") is None:
        sys.exit("strace is missing: sudo apt-get install strace")
    played: tuple[tuple[str, Mode], ...] = (
        (NOTHING, "inline"),
        ("resonance-eq", "inline"),
        ("resonance-eq", "worker"),
        ("low-shelf", "inline"),
        ("overdrive", "inline"),
    )
    with machine.all_cores():
        return "\n".join([HEAD, *(_line(effect, mode) for effect, mode in played), ""])


def _line(effect: str, mode: Mode) -> str:
    case = Case(effect, "auto", mode, BLOCK, RATE_HZ, CHANNELS, SECONDS, paced=True)
    row, calls = trace(case)
    others = Counter(calls)
    sleeps, wake_ups = others.pop(PACE, 0), others.pop("futex", 0)
    rest = ", ".join(f"{name} {count}" for name, count in others.most_common()) or "none"
    return (
        f"| {effect} | {row['backend']} | {mode} | {row['callbacks']} | {sleeps} | {wake_ups} | "
        f"{rest} |"
    )


def trace(case: Case) -> tuple[dict[str, object], Counter[str]]:
    """Measure `case` under strace: its row, and the audio thread's calls by name."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["strace", "-f", "-ff", "-qq", "-o", f"{folder}/thread", *command(case)],
            env={**os.environ, "PYTHONSAFEPATH": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        threads = [path.read_text(errors="replace") for path in Path(folder).iterdir()]
    row: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    # Only the audio thread sleeps until points in time, block after block.
    until = f"{PACE}(CLOCK_MONOTONIC, TIMER_ABSTIME"
    audio = max(threads, key=lambda text: text.count(until))
    first, last = audio.index(until), audio.rindex(until)
    return row, Counter(re.findall(r"^(\w+)\(", audio[first:last], flags=re.MULTILINE))
