"""Sound that comes out of a pipe or goes into one: both are kept in a temporary file meanwhile.

Headers are read again and written last, which a pipe does not let anybody do. The file has no name
(`tempfile.TemporaryFile`), so that nothing of it stays, whatever happens.
"""

from __future__ import annotations

import errno
import os
import select
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from ..errors import Error

STDIN, STDOUT = Path("/dev/stdin"), Path("/dev/stdout")
WAIT_MS = 100
PIPE_BYTES = 1 << 16
Keep = Callable[[], None]  # called while waiting; raises to stop


def named(text: str, standard: Path) -> Path:
    """A path as it was given on the command line, "-" being standard input or output."""
    return standard if text == "-" else Path(text)


def is_pipe(path: Path) -> bool:
    """Whether what is read or written there cannot be gone back to: pipes, sockets, terminals."""
    if path == STDOUT:
        return True
    try:
        mode = path.stat().st_mode
    except OSError:  # standard input may be a socket, which has no path, or closed
        return path == STDIN
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def open_seekable(path: Path, keep_waiting: Keep = lambda: None) -> BinaryIO:
    """A file to read, or all that comes out of a pipe. Raise OSError, or what `keep_waiting` does.

    A writer to come is waited for, and the end of what it writes.
    """
    if not is_pipe(path):
        return path.open("rb")
    source = os.dup(0) if path == STDIN else os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        if os.isatty(source):
            raise Error(f"{path} is a terminal; pipe a sound into it, or name a file")
        if not _flows(os.fstat(source).st_mode):
            raise Error(f"{path} is a device, not an audio file")
        return _spooled(path, source, keep_waiting)
    finally:
        os.close(source)


def _spooled(path: Path, source: int, keep_waiting: Keep) -> BinaryIO:
    file = tempfile.TemporaryFile(prefix="tonecast-")  # noqa: SIM115 - the caller closes it
    try:
        waiting = select.poll()
        waiting.register(source, select.POLLIN)
        while True:
            keep_waiting()
            ready = waiting.poll(WAIT_MS)
            if not ready:
                continue
            try:
                piece = os.read(source, PIPE_BYTES)
            except BlockingIOError:
                continue
            if not piece:
                break
            _keep(path, file, piece)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _keep(path: Path, file: BinaryIO, piece: bytes) -> None:
    try:
        file.write(piece)
        file.flush()
    except OSError as error:
        raise Error(
            f"{path} cannot be kept in {tempfile.gettempdir()}: {error.strerror}; "
            f"name another folder by TMPDIR"
        ) from None


def pour(file: BinaryIO, path: Path, keep_waiting: Keep = lambda: None) -> None:
    """Write a whole file into a pipe. Raise OSError, or what `keep_waiting` does."""
    target = _open_to_write(path, keep_waiting)
    try:
        if os.isatty(target):
            raise Error(f"{path} is a terminal; pipe it into a program, or name a file")
        ready = select.poll()
        ready.register(target, select.POLLOUT)
        file.seek(0)
        while piece := file.read(select.PIPE_BUF):  # so much can be written at once without waiting
            while not ready.poll(WAIT_MS):
                keep_waiting()
            while piece:
                piece = piece[os.write(target, piece) :]
    finally:
        os.close(target)


def _open_to_write(path: Path, keep_waiting: Keep) -> int:
    if path == STDOUT:
        sys.stdout.flush()
        return os.dup(1)
    while True:
        try:
            target = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            keep_waiting()  # nobody reads yet
            time.sleep(WAIT_MS / 1000)
        else:
            os.set_blocking(target, True)
            return target


def _flows(mode: int) -> bool:
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
