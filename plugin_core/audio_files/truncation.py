"""Tell whether an audio file holds all the samples that its header announces.

pedalboard's reader fills missing samples with silence, so an incomplete download would be rendered
as if it were complete.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

FLAC_FRAME_BYTES = 10  # the shortest possible: silence
LAST_FRAME_BYTES = 1 << 20  # where FLAC does not say how long its longest frame is
OGG_PAGE_BYTES = 27 + 255 + 255 * 255


def is_truncated(path: Path) -> bool:
    """Whether a WAV, AIFF, FLAC, Ogg or MP3 file ends too early; False if unknown."""
    with path.open("rb") as file:
        magic = file.read(4)
        check = _CHECKS.get(magic, _mp3_is_truncated)
        file.seek(0)
        return check(file, os.fstat(file.fileno()).st_size)


def _wav_is_truncated(file: BinaryIO, size: int) -> bool:
    """RIFF (size of "data" in 32 bits) or RF64 and BW64 (in 64, EBU Tech 3306)."""
    long_data_bytes = 0
    at = 12
    while at + 8 <= size:
        file.seek(at)
        name, length = file.read(4), int.from_bytes(file.read(4), "little")
        if name == b"ds64":
            file.seek(at + 16)
            long_data_bytes = int.from_bytes(file.read(8), "little")
        if name == b"data":
            return at + 8 + (long_data_bytes or length) > size
        at += 8 + length + length % 2
    return True


def _aiff_is_truncated(file: BinaryIO, size: int) -> bool:
    at = 12
    while at + 8 <= size:
        file.seek(at)
        name, length = file.read(4), int.from_bytes(file.read(4), "big")
        if name == b"SSND":
            return at + 8 + length > size
        at += 8 + length + length % 2
    return True


def _flac_is_truncated(file: BinaryIO, size: int) -> bool:
    """Look for a last frame that ends with the last sample of STREAMINFO (RFC 9639)."""
    info = file.read(42)[8:]
    if len(info) < 34:
        return True
    block_samples = int.from_bytes(info[2:4], "big")  # the largest
    frame_bytes = int.from_bytes(info[7:10], "big") or LAST_FRAME_BYTES
    total_samples = int.from_bytes(info[13:18], "big") & (2**36 - 1)
    if total_samples == 0:  # unknown
        return False
    file.seek(max(0, size - frame_bytes))
    tail = file.read()
    at = tail.find(b"\xff")
    while at >= 0:
        frame = tail[at:]
        if _flac_frame_end(frame, block_samples) == total_samples and _crc(frame, 16, 0x8005) == 0:
            return False
        at = tail.find(b"\xff", at + 1)
    return True


def _flac_frame_end(frame: bytes, block_samples: int) -> int | None:
    """The sample after a frame's last one, or None if no frame header is there."""
    if len(frame) < FLAC_FRAME_BYTES or frame[1] not in (0xF8, 0xF9):
        return None
    first = frame[4]  # a number coded as in UTF-8, in up to 7 bytes
    more = max(0, 8 - (first ^ 0xFF).bit_length() - 1)
    number = first & (0x7F if more == 0 else 0x3F >> more)
    for byte in frame[5 : 5 + more]:
        number = number << 6 | byte & 0x3F
    at = 5 + more
    size_code, rate_code = frame[2] >> 4, frame[2] & 15
    size_bytes = {6: 1, 7: 2}.get(size_code, 0)
    if size_bytes:
        samples = int.from_bytes(frame[at : at + size_bytes], "big") + 1
    elif size_code >= 8:
        samples = 256 << (size_code - 8)
    else:
        samples = 192 if size_code == 1 else 576 << (size_code - 2) if size_code else 0
    at += size_bytes + {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    if _crc(frame[: at + 1], 8, 0x07) != 0:
        return None
    counts_samples = frame[1] == 0xF9  # otherwise frames, all as long as the first
    return (number if counts_samples else number * block_samples) + samples


def _crc(data: bytes, bits: int, polynomial: int) -> int:
    """Remainder of `data` with its check value appended: 0 if it is intact."""
    mask, top = (1 << bits) - 1, bits - 8
    table = []
    for byte in range(256):
        remainder = byte << top
        for _ in range(8):
            carry = remainder >> (bits - 1)
            remainder = (remainder << 1 & mask) ^ (polynomial if carry else 0)
        table.append(remainder)
    remainder = 0
    for byte in data:
        remainder = (remainder << 8 & mask) ^ table[(remainder >> top) ^ byte]
    return remainder


def _ogg_is_truncated(file: BinaryIO, size: int) -> bool:
    """The last page must be complete and end the stream (RFC 3533, section 6)."""
    file.seek(max(0, size - OGG_PAGE_BYTES))
    tail = file.read()
    at = tail.rfind(b"OggS")
    page = tail[at:]
    if at < 0 or len(page) < 27:
        return True
    is_last = bool(page[5] & 4)
    segments = page[27 : 27 + page[26]]
    return not is_last or len(page) < 27 + len(segments) + sum(segments)


def _mp3_is_truncated(file: BinaryIO, size: int) -> bool:
    """Encoders write the length in bytes into a first, silent frame: "Xing" or "Info"."""
    start = 0
    head = file.read(10)
    if head[:3] == b"ID3":  # four times seven bits
        start = 10 + sum(
            byte << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True)
        )
    file.seek(start)
    frame = file.read(64)
    at = max(frame.find(b"Xing"), frame.find(b"Info"))
    if at < 0 or len(frame) < at + 16:
        return False
    has_frames, has_bytes = frame[at + 7] & 1, frame[at + 7] & 2
    field = at + 8 + 4 * has_frames
    return bool(has_bytes) and start + int.from_bytes(frame[field : field + 4], "big") > size


_CHECKS: dict[bytes, Callable[[BinaryIO, int], bool]] = {
    b"RIFF": _wav_is_truncated,
    b"RF64": _wav_is_truncated,
    b"BW64": _wav_is_truncated,
    b"FORM": _aiff_is_truncated,
    b"fLaC": _flac_is_truncated,
    b"OggS": _ogg_is_truncated,
}
