"""The process that times one predictor file and measures its memory; prints JSON.

python -m tonecast.benchmarks.speed.predictor_session FILE WINDOW_SAMPLES RUNS
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime

WARM_UP_RUNS = 3


def main(path: str, window_samples: int, runs: int) -> None:
    """Nothing else runs in this process: its growth is the predictor's memory.

    With one thread the graph runs in this one, so its processor time is the cost, whatever the load
    of the machine.
    """
    rng = np.random.default_rng(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    before_kib = _kib("VmRSS")
    session = onnxruntime.InferenceSession(path, options)
    silence = np.zeros((2, window_samples), np.float32)
    for _ in range(WARM_UP_RUNS):
        session.run(None, {"audio": silence})
    times_ms, values = [], []
    for _ in range(runs):
        window = (0.1 * rng.standard_normal(silence.shape)).astype(np.float32)
        start = time.thread_time()
        (value,) = session.run(None, {"audio": window})
        times_ms.append(1000 * (time.thread_time() - start))
        values.append(float(value[0]))
    memory_mib = {name: (_kib(name) - before_kib) / 1024 for name in ("VmRSS", "VmHWM")}
    print(json.dumps({"times_ms": times_ms, "values": values, "memory_mib": memory_mib}))


def _kib(name: str) -> int:
    """Resident memory of this process: now (VmRSS) or at its highest (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
