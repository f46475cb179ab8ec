"""Standard streams as a command may find them: closed, full, or a pipe that nobody reads."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from pathlib import Path

from ..errors import Error

DESCRIPTORS = (0, 1, 2)


def open_standard_streams() -> None:
    """Occupy the descriptors of closed streams, and let any file name be printed.

    Otherwise the next file to be opened would become standard output or error, and what libraries
    print would land in it. Raise tonecast.Error where there is no standard output.
    """
    for descriptor in DESCRIPTORS:
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest one that is free
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open()  # noqa: SIM115 - as long as the process
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # file names may not be valid text
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
        raise Error("standard output is closed; send it to /dev/null if nobody wants it")


def flush_standard_output() -> None:
    """Write what is buffered. Raise OSError where it cannot be, and then never again."""
    try:
        sys.stdout.flush()
    except OSError:
        discard_standard_output()
        raise


def discard_standard_output() -> None:
    """Let nothing fail any more that is still to be written, such as when the process ends."""
    with suppress(OSError, AttributeError):  # a replaced stream may have no descriptor
        standard_output = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, standard_output)
        os.close(nowhere)
