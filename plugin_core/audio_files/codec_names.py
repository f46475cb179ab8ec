"""What a file that cannot be decoded is: for a message that says more than that."""

from __future__ import annotations

from typing import BinaryIO

WAV_CODECS = {  # by the tag in "fmt " (RFC 2361)
    0x0055: "MP3 in WAV",
    0x0050: "MPEG audio in WAV",
    0x0092: "Dolby AC-3 in WAV",
    0x00FF: "AAC in WAV",
    0x0161: "Windows Media Audio in WAV",
    0x2000: "Dolby AC-3 in WAV",
    0x2001: "DTS in WAV",
}
MAGIC = {  # the first bytes
    b"\x30\x26\xb2\x75": "Windows Media Audio (ASF)",
    b"\x1aE\xdf\xa3": "Matroska or WebM",
    b"MAC ": "Monkey's Audio",
    b"wvpk": "WavPack",
    b"TTA1": "True Audio",
    b"DSD ": "DSD",
    b"FRM8": "DSD",
    b"#!AM": "AMR",
    b"MThd": "MIDI, notes without sound",
    b"OggS": "Ogg without Vorbis, Opus or FLAC",
    b"\x89PNG": "a picture",
    b"%PDF": "PDF",
    b"PK\x03\x04": "a ZIP archive",
}
ADTS = (b"\xff\xf1", b"\xff\xf9")


def codec_name(file: BinaryIO) -> str:
    """The format or codec of a file by its first bytes; empty if they are unknown."""
    file.seek(0)
    head = file.read(64)
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "AVI"
    if head[:2] in ADTS:
        return "AAC (ADTS)"
    if head[:4] in (b"RIFF", b"RF64"):
        tag = head[head.find(b"fmt ") + 8 :][:2]
        return WAV_CODECS.get(int.from_bytes(tag, "little"), "") if b"fmt " in head else ""
    return MAGIC.get(head[:4], "")
