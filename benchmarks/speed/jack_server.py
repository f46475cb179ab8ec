"""A JACK server without a sound card, for tests and benchmarks."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MAX_START_S = 60
QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@contextmanager
def jack_server(name: str, sample_rate_hz: int, block: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start `jackd -d dummy` and wait until programs can use it; end it afterwards."""
    command = ["jackd", "-n", name, "-d", "dummy"]  # real-time where that is allowed
    server = subprocess.Popen([*command, "-r", str(sample_rate_hz), "-p", str(block)], **QUIET)
    try:
        wait = ["jack_wait", "-s", name, "-w", "-t", str(MAX_START_S)]
        subprocess.run(wait, check=True, **QUIET)
        yield server
    finally:
        server.terminate()
        server.wait()


def where_programs_find(name: str) -> dict[str, str]:
    """Environment variables for programs that are to use the server."""
    return {"JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
