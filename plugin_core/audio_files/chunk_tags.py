"""Tags that are chunks of WAV and AIFF files: RIFF INFO, "bext" (EBU Tech 3285), markers, loops."""

from __future__ import annotations

import os
from typing import BinaryIO

from .iff import AIFF, HEAD_BYTES, WAV, chunks, content

Chunks = list[tuple[bytes, bytes]]  # names and contents
Texts = dict[str, list[str]]

# What describes the samples as they are stored, or is written anew: ID3 by mutagen.
OWN = {
    b"WAVE": {b"fmt ", b"data", b"fact", b"ds64", b"JUNK", b"junk", b"PAD ", b"FLLR", b"PEAK",
              b"levl", b"id3 ", b"ID3 "},
    b"AIFF": {b"COMM", b"SSND", b"FVER", b"PEAK", b"ID3 "},
}  # fmt: skip
MOST_BYTES = 1 << 26  # of a chunk that is copied
INFO = {
    b"INAM": "title", b"IART": "artist", b"IPRD": "album", b"ICRD": "date", b"IGNR": "genre",
    b"ICMT": "comment", b"ITRK": "tracknumber", b"ICOP": "copyright",
}  # fmt: skip
AIFF_TEXTS = {b"NAME": "title", b"AUTH": "artist", b"(c) ": "copyright", b"ANNO": "comment"}
BEXT = (  # FFmpeg's names, and the bytes of each
    ("description", 256), ("originator", 32), ("originator_reference", 32),
    ("origination_date", 10), ("origination_time", 8),
)  # fmt: skip
TIME_REFERENCE, TIME_AT, LOUDNESS_AT, BEXT_BYTES = "time_reference", 338, 412, 602
UNKNOWN_LOUDNESS = b"\xff\x7f" * 5


def read_chunks(file: BinaryIO) -> tuple[bytes, Chunks]:
    """WAVE or AIFF, and the chunks that say something about the sound; nothing of other files."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if head[:4] not in (*WAV, *AIFF):
        return b"", []
    form = b"WAVE" if head[:4] in WAV else b"AIFF"
    size = os.fstat(file.fileno()).st_size
    found = [
        (chunk.name, content(file, chunk))
        for chunk in list(chunks(file))
        if chunk.name not in OWN[form] and chunk.name.isascii()
        if chunk.length <= MOST_BYTES and chunk.start + chunk.length <= size
    ]
    return form, [(name, _quiet(held) if name == b"bext" else held) for name, held in found]


def texts_in(form: bytes, found: Chunks) -> Texts:
    """What chunks say, by Vorbis' names, and FFmpeg's for "bext"."""
    texts: Texts = {}
    for name, held in found:
        if name == b"LIST" and held[:4] == b"INFO":
            for key, text in _info(held[4:]):
                if key in INFO and text:
                    texts[INFO[key]] = [text]
        elif name == b"bext" and len(held) >= LOUDNESS_AT:
            texts.update(_bext_texts(held))
        elif form == b"AIFF" and name in AIFF_TEXTS:
            texts.setdefault(AIFF_TEXTS[name], []).append(_text(held))
    return texts


def write_chunks(file: BinaryIO, form: bytes, found: Chunks, texts: Texts) -> None:
    """Write chunks of the same form as they are, and texts from elsewhere as chunks of this one.

    Nothing is written where the file's lengths, of 32 bits, would not hold it.
    """
    file.seek(0)
    magic = file.read(4)
    if magic in WAV:
        own = found if form == b"WAVE" else _wav_chunks(texts)
        _insert(file, magic, b"".join(_chunk(*one, "little") for one in own))
    elif magic in AIFF and form == b"AIFF":
        _append(file, b"".join(_chunk(*one, "big") for one in found))


def _wav_chunks(texts: Texts) -> Chunks:
    made: Chunks = []
    if texts.get(TIME_REFERENCE, [""])[0].isdigit():
        made.append((b"bext", _bext(texts)))
    entries = [
        _chunk(key, "; ".join(texts[name]).encode() + b"\0", "little")
        for key, name in INFO.items()
        if name in texts
    ]
    if entries:
        made.append((b"LIST", b"INFO" + b"".join(entries)))
    return made


def _insert(file: BinaryIO, magic: bytes, added: bytes) -> None:
    """Chunks before the sound, where players look for "bext"; the sound moves back in place."""
    at = next(chunk.start - 8 for chunk in chunks(file) if chunk.name == b"data")
    end = file.seek(0, os.SEEK_END)
    length, where = end + len(added) - 8, (4, 4) if magic == b"RIFF" else (20, 8)  # in "ds64"
    if not added or length >= 1 << 8 * where[1]:
        return
    place = end
    while place > at:
        piece = min(1 << 20, place - at)
        place -= piece
        file.seek(place)
        moved = file.read(piece)
        file.seek(place + len(added))
        file.write(moved)
    file.seek(at)
    file.write(added)
    file.seek(where[0])
    file.write(length.to_bytes(where[1], "little"))


def _append(file: BinaryIO, added: bytes) -> None:
    end = file.seek(0, os.SEEK_END)
    padding = b"\0" * (end % 2)
    length = end + len(padding) + len(added) - 8
    if added and length < 1 << 32:
        file.write(padding + added)
        file.seek(4)
        file.write(length.to_bytes(4, "big"))


def _chunk(name: bytes, held: bytes, order: str) -> bytes:
    length = len(held).to_bytes(4, "little" if order == "little" else "big")
    return name + length + held + b"\0" * (len(held) % 2)


def _info(entries: bytes) -> list[tuple[bytes, str]]:
    found, at = [], 0
    while at + 8 <= len(entries):
        length = int.from_bytes(entries[at + 4 : at + 8], "little")
        found.append((entries[at : at + 4], _text(entries[at + 8 : at + 8 + length])))
        at += 8 + length + length % 2
    return found


def _bext_texts(held: bytes) -> Texts:
    texts: Texts = {}
    at = 0
    for name, length in BEXT:
        if text := _text(held[at : at + length]):
            texts[name] = [text]
        at += length
    texts[TIME_REFERENCE] = [str(int.from_bytes(held[TIME_AT : TIME_AT + 8], "little"))]
    return texts


def _bext(texts: Texts) -> bytes:
    held = b"".join(
        texts.get(name, [""])[0].encode("ascii", "replace")[:length].ljust(length, b"\0")
        for name, length in BEXT
    )
    held += (int(texts[TIME_REFERENCE][0]) & (1 << 64) - 1).to_bytes(8, "little")
    held += (2).to_bytes(2, "little")  # the version
    return _quiet(held.ljust(BEXT_BYTES, b"\0"))


def _quiet(bext: bytes) -> bytes:
    """Without the loudness of version 2: the effect changes it."""
    if len(bext) < LOUDNESS_AT + 10 or bext[346:348] < b"\2\0":
        return bext
    return bext[:LOUDNESS_AT] + UNKNOWN_LOUDNESS + bext[LOUDNESS_AT + 10 :]


def _text(held: bytes) -> str:
    text = held.split(b"\0")[0]
    try:
        return text.decode().strip()
    except UnicodeDecodeError:
        return text.decode("latin-1").strip()
