"""A JACK server without a sound card, for tests and benchmarks."""

from __future__ import annotations

import fcntl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

MAX_START_S = 60
QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@contextmanager
def jack_server(name: str, sample_rate_hz: int, block: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start `jackd -d dummy` and wait until programs can use it; end it afterwards.

    Another process's servers are waited for: all servers of a machine have shared memory in common,
    and beside each other some refuse their clients.
    """
    with _turns.taken(), _running(name, sample_rate_hz, block) as server:
        yield server


@contextmanager
def _running(name: str, sample_rate_hz: int, block: int) -> Iterator[subprocess.Popen[bytes]]:
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


class _Turns:
    """Processes take turns; a server may follow another in the turn of one process."""

    def __init__(self) -> None:
        self._servers = 0
        self._turn = ExitStack()

    @contextmanager
    def taken(self) -> Iterator[None]:
        if not self._servers:
            path = Path(tempfile.gettempdir()) / "tonecast-jack.lock"
            lock = self._turn.enter_context(path.open("a"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        self._servers += 1
        try:
            yield
        finally:
            self._servers -= 1
            if not self._servers:
                self._turn.close()


_turns = _Turns()
