"""Tell whether an audio file holds all the samples that its header announces.

Decoders end early there, or fill up with silence, so an incomplete download would be rendered as if
it were complete.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import BinaryIO

from .iff import chunks, is_unknown

FLAC_FRAME_BYTES = 10  # the shortest possible: silence
ID3V1_BYTES = 128  # what some programs put behind the last frame
LAST_FRAME_BYTES = 1 << 20  # where FLAC does not say how long its longest frame is
OGG_PAGE_BYTES = 27 + 255 + 255 * 255


def is_truncated(file: BinaryIO) -> bool:
    """Whether a WAV, AIFF, FLAC, Ogg, MP3 or MPEG-4 file ends too early; False if unknown."""
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    magic = file.read(8)
    check = _mpeg4_is_truncated if magic[4:] == b"ftyp" else _CHECKS.get(magic[:4])
    file.seek(0)
    return (check or _mp3_is_truncated)(file, size)


def _wav_is_truncated(file: BinaryIO, size: int) -> bool:
    """No "data", or one that ends behind the file, unless it was written into a pipe."""
    for chunk in chunks(file):
        if chunk.name == b"data":
            return chunk.start + chunk.length > size and not is_unknown(chunk.length)
    return True


def _aiff_is_truncated(file: BinaryIO, size: int) -> bool:
    for chunk in chunks(file):
        if chunk.name == b"SSND":
            return chunk.start + chunk.length > size and not is_unknown(chunk.length)
    return True


def _mpeg4_is_truncated(file: BinaryIO, size: int) -> bool:
    """The boxes must fill the file and hold an index, "moov" (ISO/IEC 14496-12)."""
    at, has_index = 0, False
    while at + 8 <= size:
        file.seek(at)
        length, name = int.from_bytes(file.read(4), "big"), file.read(4)
        if length == 1:
            length = int.from_bytes(file.read(8), "big")
        has_index |= name == b"moov"
        if length == 0:  # up to the end
            return not has_index
        if length < 8:
            return True
        at += length
    return at != size or not has_index


def _flac_is_truncated(file: BinaryIO, size: int) -> bool:
    """Whether the last frame does not end with the last sample of STREAMINFO (RFC 9639)."""
    info = file.read(42)[8:]
    if len(info) < 34:
        return True
    total_samples = int.from_bytes(info[13:18], "big") & (2**36 - 1)
    return total_samples not in (0, flac_end_samples(file))  # 0 is unknown


def flac_end_samples(file: BinaryIO) -> int | None:
    """How many samples there are by the last frame's header; None if that frame is incomplete."""
    file.seek(0)
    info = file.read(42)[8:]
    block_samples = int.from_bytes(info[2:4], "big")  # the largest
    frame_bytes = int.from_bytes(info[7:10], "big") or LAST_FRAME_BYTES
    size = os.fstat(file.fileno()).st_size
    file.seek(max(0, size - frame_bytes - ID3V1_BYTES))
    tail = file.read()
    if tail[-ID3V1_BYTES:].startswith(b"TAG"):
        tail = tail[:-ID3V1_BYTES]
    last = None
    at = tail.find(b"\xff")
    while at >= 0:
        frame = tail[at:]
        end = _flac_frame_end(frame, block_samples)
        if end is not None and _crc(frame, 16, 0x8005) == 0:  # so it is of frames in a row, too
            last = end
        at = tail.find(b"\xff", at + 1)
    return last


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
