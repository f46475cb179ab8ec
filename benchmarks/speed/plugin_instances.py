"""The cost of many plugin instances in a session: time to load, memory, and equal results."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

from ...plugin_core.errors import Error
from ...plugin_core.plugin_hosting.plugin import plugin_path

INSTANCES = 20
RUNS = 5
HEAD = f"""## Plugin: many instances

`python -m tonecast.benchmarks.report plugin_instances`: {INSTANCES} of the VST3 with `resonance-eq`
in one process of pedalboard's, stereo, 48 kHz; median of {RUNS} processes. Loading includes what
pedalboard does when it loads a plugin: it plays 16 blocks, and reads the texts of a thousand values
of each parameter. Memory is what the process alone holds (USS), after each instance has played two
seconds.

| | |
|---|---:|"""

# In a separate process, so that nothing is loaded yet, with no other imports.
_MEASURE = """
import json, sys, time
import numpy as np
from pedalboard import VST3Plugin

def own_mb():
    with open("/proc/self/smaps_rollup") as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private")) / 1024

audio = 0.1 * np.random.default_rng(1).standard_normal((2, 96000)).astype(np.float32)
plugins, load_ms, cpu_ms, mb, sounds = [], [], [], [own_mb()], []
for _ in range(int(sys.argv[2])):
    start, cpu = time.perf_counter(), time.process_time()
    plugins.append(VST3Plugin(sys.argv[1]))
    load_ms.append(1000 * (time.perf_counter() - start))
    cpu_ms.append(1000 * (time.process_time() - cpu))
    sounds.append(plugins[-1](audio, 48000))
    mb.append(own_mb())
same = all(np.array_equal(sounds[0], sound) for sound in sounds)
print(json.dumps({"load_ms": load_ms, "cpu_ms": cpu_ms, "mb": mb, "same": same}))
"""


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes no file."""
    try:
        path = plugin_path()
    except Error as error:
        return f"## Plugin: many instances\n\nNot measured: {error}.\n"
    runs = [_measure(path) for _ in range(RUNS)]

    def over_runs(figure: str) -> str:
        return f"{statistics.median(one[figure] for one in runs):.1f}"

    rows = [
        f"| loading the first, ms | {over_runs('first_ms')} |",
        f"| the same, time of one core only | {over_runs('first_cpu_ms')} |",
        f"| loading another, ms, median | {over_runs('other_ms')} |",
        f"| the same, time of one core only | {over_runs('other_cpu_ms')} |",
        f"| memory of the first with ONNX Runtime, MB | {over_runs('first_mb')} |",
        f"| memory of another, MB, mean | {over_runs('other_mb')} |",
        f"| all play the same samples | {'yes' if all(one['same'] for one in runs) else 'no'} |",
    ]
    return "\n".join([HEAD, *rows, ""])


def _measure(path: Path) -> dict[str, float]:
    command = [sys.executable, "-c", _MEASURE, str(path), str(INSTANCES)]
    done = json.loads(
        subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
    )
    load_ms, cpu_ms, mb = done["load_ms"], done["cpu_ms"], done["mb"]
    return {
        "first_ms": load_ms[0],
        "other_ms": statistics.median(load_ms[1:]),
        "first_cpu_ms": cpu_ms[0],
        "other_cpu_ms": statistics.median(cpu_ms[1:]),
        "first_mb": mb[1] - mb[0],
        "other_mb": (mb[-1] - mb[1]) / (len(mb) - 2),
        "same": float(done["same"]),
    }
