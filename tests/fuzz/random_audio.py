"""Audio files that are nearly right: of each format that is read, with headers changed.

Numbers are replaced by those that readers stumble over, chunks are taken away, doubled and moved,
lengths grow and shrink, ends are missing.
"""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Iterator
from functools import cache

import numpy as np
from pedalboard.io import WriteableAudioFile

RATE_HZ = 48000
HEAD_BYTES = 96  # where the formats keep their numbers
NUMBERS = (0, 1, 2, 3, 7, 8, 9, 16, 24, 32, 64, 127, 128, 255, 256, 1000, 44100, 0x7FFF, 0x8000)
NUMBERS += (0xFFFE, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF, 1 << 40, 1 << 63)


def audio_files(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """So many pairs of a suffix and a file's content, the same for the same seed."""
    draw = random.Random(seed)
    for _ in range(count):
        suffix, content = draw.choice(originals())
        for _ in range(draw.choice((0, 1, 1, 1, 2, 3, 5))):
            content = mutated(content, draw)
        if draw.random() < 0.05:
            suffix = draw.choice(originals())[0]
        yield suffix, content


@cache
def originals() -> tuple[tuple[str, bytes], ...]:
    """A short sound in each format."""
    sound = 0.5 * np.sin(np.arange(2400) / 10).astype(np.float32)
    formats = [(".wav", 16), (".wav", 24), (".wav", 32), (".aiff", 16), (".aiff", 24)]
    formats += [(".flac", 16), (".flac", 24), (".ogg", 16), (".mp3", 16)]
    made = []
    for suffix, bits in formats:
        for channels in (1, 2):
            file = io.BytesIO()
            with WriteableAudioFile(
                file, RATE_HZ, channels, bits if bits else None, format=suffix[1:]
            ) as out:
                out.write(np.tile(sound, (channels, 1)))
            made.append((suffix, file.getvalue()))
    return tuple(made)


def mutated(content: bytes, draw: random.Random) -> bytes:
    """With one thing changed."""
    if len(content) < 16:
        return content + draw.randbytes(16)
    is_chunked = content[:4] in (b"RIFF", b"FORM", b"RF64", b"BW64")
    if is_chunked and draw.random() < 0.4:
        return _with_chunks_changed(content, draw)
    # Most formats keep their numbers at the beginning; Ogg has a header for each page.
    end = len(content) if draw.random() < 0.2 else min(len(content), HEAD_BYTES)
    at = draw.randrange(end)
    changed = bytearray(content)
    match draw.randrange(6):
        case 0:
            changed[at] ^= 1 << draw.randrange(8)
        case 1:
            changed[at] = draw.randrange(256)
        case 2 | 3:
            size = draw.choice((1, 2, 2, 4, 4, 8))
            number = draw.choice(NUMBERS) & (1 << 8 * size) - 1
            changed[at : at + size] = number.to_bytes(size, draw.choice(("little", "big")))
        case 4:
            del changed[draw.randrange(len(changed)) :]
        case _:
            changed[at:at] = draw.randbytes(draw.choice((1, 2, 8, 100)))
    return bytes(changed)


def _with_chunks_changed(content: bytes, draw: random.Random) -> bytes:
    order = "<I" if content[0] == ord("R") else ">I"
    chunks = []
    at = 12
    while at + 8 <= len(content):
        (size,) = struct.unpack_from(order, content, at + 4)
        chunks.append(content[at : at + 8 + size + size % 2])
        at += 8 + size + size % 2
    if not chunks:
        return content[: draw.randrange(len(content))]
    i = draw.randrange(len(chunks))
    match draw.randrange(5):
        case 0:
            del chunks[i]
        case 1:
            chunks.insert(draw.randrange(len(chunks) + 1), chunks[i])
        case 2:
            draw.shuffle(chunks)
        case 3:
            number = draw.choice(NUMBERS) & 0xFFFFFFFF
            chunks[i] = chunks[i][:4] + struct.pack(order, number) + chunks[i][8:]
        case _:
            chunks[i] = draw.choice((b"LIST", b"ds64", b"fact", b"smpl", b"bext", b"COMM", b"cue ",
                                     b"inst", b"acid", b"MARK")) + chunks[i][4:]  # fmt: skip
    magic = draw.choice((b"RIFF", b"RF64", b"BW64")) if draw.random() < 0.1 else content[:4]
    return magic + content[4:12] + b"".join(chunks)
