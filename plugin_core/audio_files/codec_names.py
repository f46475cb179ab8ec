"""What a file is that libsndfile does not decode, by its first bytes."""

from __future__ import annotations

from typing import BinaryIO

HEAD_BYTES = 64
INDEX_BYTES = 1 << 22  # where MPEG-4 names its codec, at the beginning or the end
WAV_CODECS = {  # by the tag in "fmt " (RFC 2361)
    0x0050: "MPEG audio in WAV",
    0x0055: "MP3 in WAV",
    0x0092: "Dolby AC-3 in WAV",
    0x00FF: "AAC in WAV",
    0x0161: "Windows Media Audio in WAV",
    0x2000: "Dolby AC-3 in WAV",
    0x2001: "DTS in WAV",
}
OGG_CODECS = {b"\x7fFLAC": "FLAC in Ogg", b"Speex": "Speex in Ogg", b"\x80theora": "video in Ogg"}
MPEG4_CODECS = {b"mp4a": "AAC", b"alac": "Apple Lossless", b"ac-3": "Dolby AC-3", b"Opus": "Opus"}
SOUNDS = {  # by the first bytes
    b"\x30\x26\xb2\x75": "Windows Media Audio",
    b"\x1aE\xdf\xa3": "Matroska or WebM",
    b"\xff\xf1": "AAC without a container",
    b"\xff\xf9": "AAC without a container",
    b"\x0bw": "Dolby AC-3",
    b"MAC ": "Monkey's Audio",
    b"wvpk": "WavPack",
    b"TTA1": "True Audio",
    b"DSD ": "DSD",
    b"FRM8": "DSD",
    b"#!AM": "AMR",
}
OTHERS = {
    b"MThd": "MIDI, notes without a sound",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a compressed file",
}


def is_mpeg4(file: BinaryIO) -> bool:
    """Whether a file is MPEG-4 or QuickTime (.m4a, .mp4, .mov)."""
    file.seek(4)
    return file.read(4) == b"ftyp"


def sound_codec(file: BinaryIO) -> str:
    """Codec, or format, of a sound; empty if it is unknown or none."""
    if is_mpeg4(file):
        return f"{_in_mpeg4(file)} in MPEG-4"
    head = _head(file)
    if head[:4] in (b"RIFF", b"RF64") and b"fmt " in head:
        tag = head[head.find(b"fmt ") + 8 :][:2]
        return WAV_CODECS.get(int.from_bytes(tag, "little"), "")
    if head[:4] == b"OggS":
        return next((text for magic, text in OGG_CODECS.items() if magic in head), "")
    return _by_magic(head, SOUNDS)


def other_kind(file: BinaryIO) -> str:
    """What a file is that holds no sound; empty if it is unknown."""
    return _by_magic(_head(file), OTHERS)


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(HEAD_BYTES)


def _by_magic(head: bytes, names: dict[bytes, str]) -> str:
    return next((text for magic, text in names.items() if head.startswith(magic)), "")


def _in_mpeg4(file: BinaryIO) -> str:
    file.seek(0)
    index = file.read(INDEX_BYTES)
    end = file.seek(0, 2)
    file.seek(max(0, end - INDEX_BYTES))
    index += file.read()
    return next((text for name, text in MPEG4_CODECS.items() if name in index), "a sound")
