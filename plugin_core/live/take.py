"""A take: a recording that can be played up to its last second, whatever ends the program.

It is written under its own name from the beginning. Every second its samples are brought to the
disk, then the header that announces them: what a header announces is always there.
"""

from __future__ import annotations

import errno
import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import numpy as np

from ..audio_files.files import AudioSink
from ..errors import Error
from ..samples import Samples

BIT_DEPTH = 24
FORMATS = (".flac", ".mp3", ".wav")  # can be played as far as they are written
BLOCK_SAMPLES = 1024
WRITE_S = 0.1
SYNC_S = 1.0
MAX_GAP_S = 600.0


class Take:
    """Writes what `read` gives, [samples, channels], in a thread of its own, until it is closed.

    If the disk is full or fails, it stops: `problem` says so, and the file keeps what it has.
    """

    def __init__(
        self, path: Path, sample_rate_hz: int, channels: int, read: Callable[[], Samples]
    ) -> None:
        """Create the file. Raise tonecast.Error where that is impossible.

        Where the name is taken, it is numbered: no take is ever overwritten. `path` tells.
        """
        check_take_format(path)
        self._file = _create(path)
        self.path = Path(str(self._file.name))
        try:
            self._sink = AudioSink(
                self._file, path.suffix.lower(), sample_rate_hz, channels, BIT_DEPTH
            )
        except ValueError as error:
            self._file.close()
            self.path.unlink()
            raise Error(f"{path}: {error}") from None
        self.problem = ""
        self.samples = 0  # in each channel
        self._rate_hz, self._channels = sample_rate_hz, channels
        self._read = read
        self._gap_samples = 0
        self._writing = threading.RLock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.samples / self._rate_hz

    @property
    def clipped(self) -> bool:
        """Whether it was louder than its format can hold."""
        return self._sink.clipped

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing new is written meanwhile, but what `fill_gap` adds."""
        with self._writing:
            yield

    def fill_gap(self, gap_s: float) -> None:
        """Stand in silence for a device that is gone, so that the take keeps time.

        `gap_s` is how long the present gap is by now, after MAX_GAP_S it is left as it is.
        """
        missing = round(min(gap_s, MAX_GAP_S) * self._rate_hz) - self._gap_samples
        with self._writing:
            if missing > 0:
                self._write_what_came()
                self._write(np.broadcast_to(np.float32(0), (missing, self._channels)))
                self._gap_samples += missing

    def end_gap(self) -> float:
        """Forget the present gap; returns its silence in seconds."""
        silence_s, self._gap_samples = self._gap_samples / self._rate_hz, 0
        return silence_s

    def close(self) -> None:
        """Write the rest and end the file; one without a sample is removed. May be called again."""
        if self._end.is_set():
            return
        self._end.set()
        self._thread.join()
        self._write_what_came()
        with self._trouble():
            self._sink.close()
            self._file.sync()
        with suppress(OSError):
            self._file.close()
        if self.samples == 0:
            with suppress(OSError):
                self.path.unlink()

    def _work(self) -> None:
        synced_s = time.monotonic()
        while not self._end.wait(WRITE_S) and not self.problem:
            with self._writing:
                self._write_what_came()
            if time.monotonic() >= synced_s + SYNC_S:
                self._sync()
                synced_s = time.monotonic()

    def _write_what_came(self) -> None:
        if not self.problem:
            self._write(self._read())

    def _write(self, block: Samples) -> None:
        if self.problem:
            return
        with self._trouble():
            for at in range(0, len(block), BLOCK_SAMPLES):  # what does not fit is short
                piece = block[at : at + BLOCK_SAMPLES]
                self._sink.write(piece.T)
                self.samples += len(piece)

    def _sync(self) -> None:
        with self._trouble():
            self._file.sync()
            if self.path.suffix.lower() == ".wav":
                with self._writing:
                    self._sink.flush()
                self._file.sync()

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        """Keep what goes wrong with the file as `problem`."""
        try:
            yield
        except Exception as error:  # of the system, or of the library that writes the format
            reason = getattr(error, "strerror", None) or str(error)
            self.problem = self.problem or f"{self.path} cannot be written any more: {reason}"


def check_take_format(path: Path) -> None:
    """Raise tonecast.Error unless takes can have this name."""
    if path.suffix.lower() not in FORMATS:
        known = ", ".join(FORMATS)
        raise Error(
            f"{path}: a take is one of {known}, which can be played even if it ends untimely; "
            "'tonecast process' converts it"
        )


class _TakeFile(io.FileIO):
    """Writes a block as a whole, or not at all."""

    def write(self, data: bytes) -> int:  # type: ignore[override]
        start = self.tell()
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[super().write(rest) or 0 :]
        except OSError:
            if start + len(data) - len(rest) == os.fstat(self.fileno()).st_size:
                self.truncate(start)
            self.seek(start)
            raise
        return len(data)

    def sync(self) -> None:
        """Bring it to the disk, as far as the file system knows how to. Raise OSError."""
        if os.fstat(self.fileno()).st_nlink == 0:
            raise OSError(errno.ENOENT, "it was deleted")
        try:
            os.fsync(self.fileno())
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise


def _create(path: Path) -> _TakeFile:
    """A new file of this name, or with the next number that is free."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for number in count(1):
            name = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
            with suppress(FileExistsError):
                file = _TakeFile(str(name), "xb")
                break
        with suppress(OSError):
            _sync_folder(path.parent)
    except OSError as error:
        raise Error(f"{path} cannot be written: {error.strerror}") from None
    return file


def _sync_folder(folder: Path) -> None:
    """Bring the names of its files to the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
