"""A study that is served by a process of its own, on one core."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """The port of a server on the first core that this process may use."""
    command = [sys.executable, "-m", "tonecast", "listen", "serve", str(folder), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = urlsplit(process.stdout.readline().strip()).port
        os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
        assert port is not None
        yield port
    finally:
        process.terminate()
        process.wait()
