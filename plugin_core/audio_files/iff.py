"""The chunks of WAV (RIFF, RF64, BW64) and AIFF (FORM) files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

WAV = (b"RIFF", b"RF64", b"BW64")
AIFF = (b"FORM",)
HEAD_BYTES = 12  # the form's name, its length, and what it holds: WAVE, AIFF or AIFC
# Programs that write into a pipe cannot come back to fill in the length: FFmpeg and mpg123 announce
# 0xFFFFFFFF, SoX 0x7FFFF000, arecord 0x80000000, GStreamer 0, others those less a header.
UNKNOWN = ((0, 0), (0x7FFFF000, 0x80000000), (0xFFFFF000, 0xFFFFFFFF))


@dataclass(frozen=True)
class Chunk:
    """A chunk: its name, where its content begins, and the length that is announced."""

    name: bytes
    start: int
    length: int

    @property
    def end(self) -> int:
        """Where the next chunk begins: at an even place."""
        return self.start + self.length + self.length % 2


def chunks(file: BinaryIO) -> Iterator[Chunk]:
    """The chunks in order, as announced; the length of RF64's "data" is that in "ds64"."""
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    order: Literal["little", "big"] = "little" if file.read(4) in WAV else "big"
    long_data_bytes = 0
    at = HEAD_BYTES
    while at + 8 <= size:
        file.seek(at)
        name, length = file.read(4), int.from_bytes(file.read(4), order)
        if name == b"ds64":  # EBU Tech 3306
            long_data_bytes = int.from_bytes(file.read(16)[8:], "little")
        if name == b"data":
            length = long_data_bytes or length
        chunk = Chunk(name, at + 8, length)
        yield chunk
        at = chunk.end


def content(file: BinaryIO, chunk: Chunk) -> bytes:
    """What a chunk holds."""
    file.seek(chunk.start)
    return file.read(chunk.length)


def is_unknown(length: int) -> bool:
    """Whether this length stands for one that was not known when the header was written."""
    return any(first <= length <= last for first, last in UNKNOWN)
