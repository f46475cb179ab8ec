"""Files that were written into a pipe: their header does not say how long the sound is.

The program that wrote them could not come back to the header. Decoders trust it, so that they would
play nothing, or noise; here the file gets another one, with the length that it has.
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO, cast

from .iff import WAV, Chunk, chunks, content, is_unknown
from .truncation import flac_end_samples

FLAC_HEAD_BYTES = 42  # "fLaC" and STREAMINFO with its head
FLAC_TOTAL = slice(21, 26)  # the last 36 of these 40 bits are how many samples there are


def finished(file: BinaryIO) -> BinaryIO:
    """The same sound with its length in the header; `file` itself where it is there already."""
    file.seek(0)
    head = file.read(FLAC_HEAD_BYTES)
    file.seek(0)
    if head[:4] in WAV:
        return _finished_wav(file)
    if head[:4] == b"fLaC" and not int.from_bytes(head[FLAC_TOTAL], "big") & (2**36 - 1):
        return _finished_flac(file, head)
    return file


def _finished_wav(file: BinaryIO) -> BinaryIO:
    form = b""
    for chunk in chunks(file):
        if chunk.name == b"fmt ":
            form = content(file, chunk)
        if chunk.name == b"data":
            if is_unknown(chunk.length) and not (chunk.length == 0 and _is_whole(file, chunk)):
                return _with_length(file, form, chunk.start)
            break
    file.seek(0)
    return file


def _is_whole(file: BinaryIO, empty: Chunk) -> bool:
    """Whether chunks follow an empty one up to the file's end: it really is empty."""
    end = empty.start
    for chunk in chunks(file):
        if chunk.start > empty.start:
            if not chunk.name.isascii():
                return False
            end = chunk.end
    return end == os.fstat(file.fileno()).st_size


def _with_length(file: BinaryIO, form: bytes, start: int) -> BinaryIO:
    """RF64, so that there may be more than 4 GiB: all from `start` on is sound."""
    end = os.fstat(file.fileno()).st_size
    data_bytes = end - start
    fmt = b"fmt " + len(form).to_bytes(4, "little") + form + b"\0" * (len(form) % 2)
    length = 4 + 8 + 28 + len(fmt) + 8 + data_bytes
    ds64 = b"ds64" + (28).to_bytes(4, "little") + length.to_bytes(8, "little")
    ds64 += data_bytes.to_bytes(8, "little") + bytes(8) + bytes(4)
    head = b"RF64\xff\xff\xff\xffWAVE" + ds64 + fmt + b"data\xff\xff\xff\xff"
    return cast(BinaryIO, _WithHead(head, file, start))


def _finished_flac(file: BinaryIO, head: bytes) -> BinaryIO:
    total = flac_end_samples(file)
    if total is None:
        return file
    known = int.from_bytes(head[FLAC_TOTAL], "big") | total
    changed = head[: FLAC_TOTAL.start] + known.to_bytes(5, "big") + head[FLAC_TOTAL.stop :]
    return cast(BinaryIO, _WithHead(changed, file, FLAC_HEAD_BYTES))


class _WithHead(io.RawIOBase):
    """`head`, and after it a file from `start` on."""

    def __init__(self, head: bytes, file: BinaryIO, start: int) -> None:
        super().__init__()
        self._head = head
        self._file = file
        self._start = start
        self._at = 0
        self._size = len(head) + os.fstat(file.fileno()).st_size - start

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]  # Python 3.12's Buffer
        view = memoryview(buffer).cast("B")
        read = self._head[self._at : self._at + len(view)]
        if not read:
            self._file.seek(self._start + self._at - len(self._head))
            read = self._file.read(len(view))
        view[: len(read)] = read
        self._at += len(read)
        return len(read)

    def close(self) -> None:
        self._file.close()
        super().close()
