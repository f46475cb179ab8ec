"""Titles, pictures, markers and the broadcast time reference survive an effect."""

import base64
import struct
from pathlib import Path

import mutagen
import numpy as np
import pytest
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, COMM, ID3, TIT2, TPE1, TSSE, TXXX
from mutagen.mp3 import MP3
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE
from tonecast import Effect
from tonecast.plugin_core.audio_files.files import open_audio
from tonecast.plugin_core.audio_files.iff import chunks, content
from tonecast.plugin_core.audio_files.tags import Tags, read_tags
from tonecast.plugin_core.cli.process.render import render

WRITTEN = ["wav", "aiff", "flac", "ogg", "mp3"]
TITLE, ARTIST, COMMENT = "Träume", "Ensemble ☼", "second take"
TIME_REFERENCE = 158_760_000  # an hour past midnight at 44.1 kHz
PICTURE = b"\x89PNG\r\n\x1a\n not really"


@pytest.fixture
def dry() -> Effect:
    return Effect("low-shelf", bypass=True)


@pytest.fixture
def tagged(tmp_path, noise, write_audio):
    """Makes a tagged file of a format."""

    def make(extension: str) -> Path:
        audio = np.tile(noise(1, 5000), (2, 1)) if extension == "mp3" else noise(2, 5000)
        path = write_audio(tmp_path / f"tagged.{extension}", audio, 44100)
        picture = Picture()
        picture.data, picture.mime, picture.type, picture.desc = PICTURE, "image/png", 3, "cover"
        if extension in ("flac", "ogg"):
            holder = FLAC(path) if extension == "flac" else OggVorbis(path)
            holder.update({"title": [TITLE], "artist": [ARTIST], "comment": [COMMENT]})
            holder.update({"replaygain_track_gain": ["-3 dB"], "mood": ["calm"]})
            if extension == "flac":
                holder.add_picture(picture)
            else:
                holder["metadata_block_picture"] = base64.b64encode(picture.write()).decode()
        else:
            holder = mutagen.File(path)
            holder.add_tags()
            for frame in (
                TIT2(text=[TITLE]),
                TPE1(text=[ARTIST]),
                COMM(lang="eng", desc="", text=[COMMENT]),
                TXXX(desc="mood", text=["calm"]),
                TXXX(desc="replaygain_track_gain", text=["-3 dB"]),
                TSSE(text=["some encoder"]),
                APIC(mime="image/png", type=3, desc="cover", data=PICTURE),
            ):
                holder.tags.add(frame)
        holder.save()
        return path

    return make


def tags_of(path: Path) -> Tags:
    with path.open("rb") as file:
        return read_tags(file)


@pytest.mark.parametrize("target", WRITTEN)
@pytest.mark.parametrize("source", WRITTEN)
def test_texts_and_picture_survive_from_any_format_to_any(
    dry, tagged, tmp_path, source, target
) -> None:
    path = tagged(source)
    out = tmp_path / f"out.{target}"
    report = render(dry, path, out)
    assert report.notes == []
    found = tags_of(out)
    assert found.texts["title"] == [TITLE]
    assert found.texts["artist"] == [ARTIST]
    assert found.texts["comment"] == [COMMENT]
    assert found.texts["mood"] == ["calm"]
    assert [picture.data for picture in found.pictures] == [PICTURE]
    assert not any(key.startswith(("replaygain", "encoder")) for key in found.texts)
    with open_audio(path) as before, open_audio(out) as after:
        assert after.frames == before.frames
        if {source, target} <= {"wav", "aiff", "flac"}:
            np.testing.assert_array_equal(after.read(5000), before.read(5000))


def bext(version: int = 2) -> bytes:
    head = b"A take".ljust(256, b"\0") + b"Recorder".ljust(32, b"\0") + b"ref-1".ljust(32, b"\0")
    head += b"2026-11-2714:00:00" + struct.pack("<QH", TIME_REFERENCE, version) + bytes(range(64))
    return head + struct.pack("<5h", -2300, 100, -100, -1800, -2000) + bytes(180) + b"A=PCM\r\n"


def add_chunks(path: Path, *added: tuple[bytes, bytes]) -> None:
    whole = path.read_bytes()
    whole += b"".join(
        name + len(held).to_bytes(4, "little") + held + b"\0" * (len(held) % 2)
        for name, held in added
    )
    path.write_bytes(whole[:4] + (len(whole) - 8).to_bytes(4, "little") + whole[8:])


def chunks_of(path: Path) -> dict[bytes, bytes]:
    with path.open("rb") as file:
        return {chunk.name: content(file, chunk) for chunk in list(chunks(file))}


@pytest.fixture
def take(tmp_path, noise, write_audio) -> Path:
    """A broadcast WAV file: time reference, markers, iXML, and an odd chunk."""
    path = write_audio(tmp_path / "take.wav", noise(2, 5000), 44100, bit_depth=24)
    info = b"INFOINAM" + (5).to_bytes(4, "little") + b"Take\0\0"
    add_chunks(
        path,
        (b"bext", bext()),
        (b"cue ", struct.pack("<IIIIIII", 1, 1, 100, 0x61746164, 0, 0, 100)),
        (b"iXML", b"<BWFXML>1</BWFXML>"),
        (b"LIST", info),
        (b"odd ", b"one"),
    )
    return path


def test_chunks_of_a_wav_file_survive_before_its_sound(dry, take, tmp_path) -> None:
    out = tmp_path / "out.wav"
    assert render(dry, take, out).notes == []
    before, after = chunks_of(take), chunks_of(out)
    for name in (b"cue ", b"iXML", b"LIST", b"odd "):
        assert after[name] == before[name]
    assert list(after).index(b"bext") < list(after).index(b"data")
    assert after[b"data"] == before[b"data"]
    assert after[b"bext"][:412] == before[b"bext"][:412]
    assert after[b"bext"][412:422] == b"\xff\x7f" * 5  # the loudness is another one now
    assert after[b"bext"][422:] == before[b"bext"][422:]
    assert int.from_bytes(out.read_bytes()[4:8], "little") == out.stat().st_size - 8


@pytest.mark.parametrize("between", ["flac", "ogg", "mp3", "aiff"])
def test_time_reference_survives_by_way_of_another_format(dry, take, tmp_path, between) -> None:
    middle, out = tmp_path / f"middle.{between}", tmp_path / "out.wav"
    render(dry, take, middle)
    assert tags_of(middle).texts["time_reference"] == [str(TIME_REFERENCE)]
    render(dry, middle, out)
    found = chunks_of(out)[b"bext"]
    assert struct.unpack("<Q", found[338:346]) == (TIME_REFERENCE,)
    assert found[256:320] == bext()[256:320]
    assert found[320:338] == bext()[320:338]


def test_chunks_of_an_aiff_file_survive(dry, tmp_path, noise, write_audio) -> None:
    path = write_audio(tmp_path / "a.aiff", noise(1, 999))
    whole = path.read_bytes() + b"NAME\0\0\0\3Bee\0MARK\0\0\0\2\0\0"
    path.write_bytes(whole[:4] + (len(whole) - 8).to_bytes(4, "big") + whole[8:])
    render(dry, path, tmp_path / "out.aiff")
    found = chunks_of(tmp_path / "out.aiff")
    assert (found[b"NAME"], found[b"MARK"]) == (b"Bee", b"\0\0")
    render(dry, path, tmp_path / "out.flac")
    assert tags_of(tmp_path / "out.flac").texts["title"] == ["Bee"]


def test_info_of_a_wav_file_is_what_other_formats_call_it(dry, take, tmp_path) -> None:
    render(dry, take, tmp_path / "out.mp3")
    assert MP3(tmp_path / "out.mp3").tags["TIT2"].text == ["Take"]


def test_damaged_tags_are_no_reason_to_lose_the_sound(dry, tmp_path, noise, write_audio) -> None:
    path = write_audio(tmp_path / "a.flac", noise(1, 999))
    holder = FLAC(path)
    holder["metadata_block_picture"] = "not base64, nor a picture"
    holder["title"] = "kept"
    holder.save()
    report = render(dry, path, tmp_path / "out.wav")
    (note,) = report.notes
    assert note.startswith("the tags are damaged and were not copied")
    with open_audio(tmp_path / "out.wav") as reader:
        assert reader.frames == 999


def test_gaps_of_an_old_encoder_are_not_carried_on(dry, tmp_path, noise, write_audio) -> None:
    """iTunes' note of padding would cut the new file."""
    path = write_audio(tmp_path / "a.mp3", noise(1, 5000))
    holder = MP3(path)
    holder.add_tags()
    holder.tags.add(COMM(lang="eng", desc="iTunSMPB", text=["00000000 00000840 000001C0"]))
    holder.save()
    render(dry, path, tmp_path / "out.mp3")
    assert not (MP3(tmp_path / "out.mp3").tags or ID3()).getall("COMM")


def test_wav_without_tags_gets_none(dry, tmp_path, noise, write_audio) -> None:
    path = write_audio(tmp_path / "a.wav", noise(1, 999))
    render(dry, path, tmp_path / "out.wav")
    assert WAVE(tmp_path / "out.wav").tags is None
    assert set(chunks_of(tmp_path / "out.wav")) <= {b"JUNK", b"fmt ", b"data"}
