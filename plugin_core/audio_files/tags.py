"""What a file says about its sound, carried from one file to another: title, artist, picture, time.

Between files of one family all of it is copied: ID3 frames (MP3, AIFF, WAV), Vorbis comments (FLAC,
Ogg), chunks (WAV, AIFF: also the broadcast time reference, markers and loops). From one family to
another go texts, pictures and the time reference, under Vorbis' and FFmpeg's names. What the effect
makes untrue is left behind: gains, loudness, the encoder and its delay.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import mutagen
from mutagen.aiff import AIFF
from mutagen.easyid3 import EasyID3
from mutagen.easymp4 import EasyMP4Tags
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, COMM, ID3, TXXX, Encoding, Frame, PictureType
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4, MP4Cover
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from .chunk_tags import read_chunks, texts_in, write_chunks

Texts = dict[str, list[str]]  # by Vorbis' names in lower case

PICTURE_KEY = "metadata_block_picture"
UNTRUE = (
    "replaygain_", "r128_", "itunnorm", "itunsmpb", "encoder", "encodedby", "encoding", "length",
)  # fmt: skip
UNTRUE_FRAMES = ("TSSE", "TENC", "TLEN", "TSIZ", "RVA2", "RVAD", "EQU2", "MLLT", "ASPI", "SEEK")


@dataclass
class Tags:
    """Texts and pictures; where the file has them, its ID3 frames, and its chunks by form."""

    texts: Texts = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    chunks: list[tuple[bytes, bytes]] = field(default_factory=list)
    form: bytes = b""  # WAVE, AIFF or empty

    def __bool__(self) -> bool:
        return bool(self.texts or self.pictures or self.frames or self.chunks)


def read_tags(file: BinaryIO) -> Tags:
    """The tags of a file. Raise what mutagen raises where they are damaged."""
    tags = Tags()
    tags.form, tags.chunks = read_chunks(file)
    tags.texts = texts_in(tags.form, tags.chunks)
    file.seek(0)
    found = mutagen.File(file)
    if found is None or found.tags is None:
        return tags
    if isinstance(found.tags, ID3):
        tags.frames = [frame for frame in found.tags.values() if _stays_true(frame)]
        texts = _id3_texts(tags.frames)
        tags.pictures = [_from_apic(frame) for frame in tags.frames if isinstance(frame, APIC)]
    elif isinstance(found, MP4):
        texts, tags.pictures = _mp4(found)
    else:
        texts = {key.lower(): _strings(held) for key, held in dict(found.tags).items()}
        tags.pictures = [Picture(base64.b64decode(one)) for one in texts.pop(PICTURE_KEY, [])]
        if isinstance(found, FLAC):
            tags.pictures += found.pictures
    texts = {key: values for key, values in texts.items() if not key.startswith(UNTRUE)}
    tags.texts = {**tags.texts, **texts}
    return tags


def write_tags(file: BinaryIO, extension: str, tags: Tags) -> None:
    """Write tags into a finished file of this format. Raise OSError, or mutagen's errors."""
    if not tags:
        return
    write_chunks(file, tags.form, tags.chunks, tags.texts)
    file.seek(0)
    if extension == ".flac":
        flac = FLAC(file)
        flac.update(tags.texts)
        for picture in tags.pictures:
            flac.add_picture(picture)
        _save(flac, file)
    elif extension == ".ogg":
        ogg = OggVorbis(file)
        ogg.update(tags.texts)
        if tags.pictures:
            ogg[PICTURE_KEY] = [base64.b64encode(p.write()).decode() for p in tags.pictures]
        _save(ogg, file)
    else:
        kind = {".mp3": MP3, ".wav": WAVE}.get(extension, AIFF)
        frames = tags.frames or _id3_frames(tags)
        holder = kind(file)
        if frames:
            if holder.tags is None:
                holder.add_tags()
            for frame in frames:
                holder.tags.add(frame)
            _save(holder, file)


def _strings(held: Any) -> list[str]:
    return [str(one) for one in (held if isinstance(held, list) else [held])]


def _save(holder: Any, file: BinaryIO) -> None:
    file.seek(0)
    holder.save(file)


def _stays_true(frame: Frame) -> bool:
    described = str(getattr(frame, "desc", "")).lower()
    return frame.FrameID not in UNTRUE_FRAMES and not described.startswith(UNTRUE)


def _id3_texts(frames: list[Frame]) -> Texts:
    id3 = ID3()
    texts: Texts = {}
    for frame in frames:
        id3.add(frame)
        if isinstance(frame, TXXX):
            texts[frame.desc.lower()] = list(frame.text)
        elif isinstance(frame, COMM):
            texts.setdefault("comment", []).extend(frame.text)
    for key, get in EasyID3.Get.items():
        if "*" not in key:
            try:
                texts[key] = [str(text) for text in get(id3, key)]
            except KeyError:
                continue
    return texts


def _id3_frames(tags: Tags) -> list[Frame]:
    id3 = ID3()
    for key, values in tags.texts.items():
        if key == "comment":
            id3.add(COMM(encoding=Encoding.UTF8, lang="XXX", desc="", text=values))
        elif key in EasyID3.Set:
            EasyID3.Set[key](id3, key, values)
        else:
            id3.add(TXXX(encoding=Encoding.UTF8, desc=key, text=values))
    for picture in tags.pictures:
        id3.add(
            APIC(
                encoding=Encoding.UTF8,
                mime=picture.mime,
                type=picture.type,
                desc=picture.desc,
                data=picture.data,
            )
        )
    return list(id3.values())


def _from_apic(frame: APIC) -> Picture:
    return _picture(frame.data, frame.mime, frame.type, frame.desc)


def _picture(data: bytes, mime: str, kind: int, description: str = "") -> Picture:
    picture = Picture()
    picture.data, picture.mime, picture.type, picture.desc = data, mime, kind, description
    return picture


def _mp4(found: MP4) -> tuple[Texts, list[Picture]]:
    easy = EasyMP4Tags()
    easy._EasyMP4Tags__mp4 = found.tags
    texts = {key: [str(value) for value in easy[key]] for key in easy.keys()}  # noqa: SIM118
    types = {MP4Cover.FORMAT_JPEG: "image/jpeg", MP4Cover.FORMAT_PNG: "image/png"}
    pictures = [
        _picture(bytes(cover), types.get(cover.imageformat, ""), PictureType.COVER_FRONT)
        for cover in found.tags.get("covr", [])
    ]
    return texts, pictures
