"""`tonecast process` on long files: speed, and constant memory use."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from pedalboard.io import AudioFile

RATE_HZ = 48000
MINUTES = (1, 4, 16)
HEAD = """## Rendering files

`tonecast process` on stereo noise, 48 kHz, 24-bit WAV, one core, Python's start included.

| minutes of audio | seconds | × real time | peak resident memory, MB |
|---:|---:|---:|---:|"""


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes no file."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for minutes in MINUTES:
            dry = Path(folder) / f"{minutes}.wav"
            _write_noise(dry, minutes)
            seconds, peak_mb = _process(dry, Path(folder) / f"{minutes}-wet.wav")
            rows.append(
                f"| {minutes} | {seconds:.1f} | {60 * minutes / seconds:.0f} | {peak_mb:.0f} |"
            )
    return "\n".join([HEAD, *rows, ""])


def _write_noise(path: Path, minutes: int) -> None:
    random = np.random.default_rng(1)
    with AudioFile(str(path), "w", samplerate=RATE_HZ, num_channels=2, bit_depth=24) as file:
        for _ in range(60 * minutes):
            file.write(0.1 * random.standard_normal((2, RATE_HZ)).astype(np.float32))


# A child's peak counts what its parent held when it was started, so the parent has to be small.
_MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def _process(dry: Path, wet: Path) -> tuple[float, float]:
    """Seconds it took and the peak of its resident memory in MB."""
    tonecast = Path(sys.executable).with_name("tonecast")
    command: list[str | Path] = [sys.executable, "-c", _MEASURE, tonecast, "process", dry]
    command += ["--effect", "resonance-eq", "--out", wet]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, float(done.stdout)
