"""The process that times one predictor file and measures its memory; prints JSON.

python -m tonecast.benchmarks.predictor_session FILE WINDOW_SAMPLES RUNS
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime

WARM_UP_RUNS = 3


def main(path: str, window_samples: int, runs: int) -> None:
    """Nothing else happens here: what the process grows by is the predictor's."""
    noise = 0.1 * np.random.default_rng(1).standard_normal((runs, 2, window_samples))
    windows = noise.astype(np.float32)
    del noise
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    before = _resident_kib()
    session = onnxruntime.InferenceSession(path, options)
    for window in windows[:WARM_UP_RUNS]:
        session.run(None, {"audio": window})
    times_ms, values = [], []
    for window in windows:
        start = time.perf_counter()
        (value,) = session.run(None, {"audio": window})
        times_ms.append(1000 * (time.perf_counter() - start))
        values.append(float(value[0]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory_mib = {"held": (_resident_kib() - before) / 1024, "peak": (peak - before) / 1024}
    print(json.dumps({"times_ms": times_ms, "values": values, "memory_mib": memory_mib}))


def _resident_kib() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
