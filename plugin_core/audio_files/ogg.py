"""Pages of Ogg files (RFC 3533)."""

from __future__ import annotations

from typing import BinaryIO

LARGEST_PAGE_BYTES = 27 + 255 + 255 * 255
BEGINS, ENDS = 2, 4  # flags of a page: the first, or the last, of its stream


def last_page(file: BinaryIO) -> bytes:
    """The last page as far as it is there; empty if there is none."""
    size = file.seek(0, 2)
    file.seek(max(0, size - LARGEST_PAGE_BYTES))
    tail = file.read()
    at = tail.rfind(b"OggS")
    return tail[at:] if at >= 0 and len(tail) - at >= 27 else b""


def is_chained(file: BinaryIO) -> bool:
    """Whether several sounds follow each other: the last one's stream is none of the first ones."""
    last = last_page(file)
    begun: set[bytes] = set()
    at = 0
    while True:
        file.seek(at)
        head = file.read(27 + 255)
        if head[:4] != b"OggS" or len(head) < 27 or not head[5] & BEGINS:
            return bool(begun and last) and last[14:18] not in begun
        begun.add(head[14:18])
        segments = head[27 : 27 + head[26]]
        at += 27 + len(segments) + sum(segments)
