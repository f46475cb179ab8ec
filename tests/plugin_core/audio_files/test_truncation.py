"""A download that stopped halfway must not be rendered with silence at its end."""

from pathlib import Path

import numpy as np
import pytest
from tonecast.plugin_core.audio_files.truncation import is_truncated

# Lengths around FLAC's block of 4096, silence (FLAC frames of a few bytes), and loud noise.
SOUNDS = {
    "short": (1, 1000, 1.0),
    "whole blocks": (2, 4 * 4096, 1.0),
    "long": (2, 100_000, 1.0),
    "silence": (1, 300_000, 0.0),
}


def truncated(path: Path) -> bool:
    with path.open("rb") as file:
        return is_truncated(file)


@pytest.mark.parametrize("sound", SOUNDS.values(), ids=SOUNDS.keys())
@pytest.mark.parametrize("extension", ["wav", "aiff", "flac", "ogg", "mp3"])
def test_whole_files_pass_and_cut_ones_do_not(
    tmp_path, noise, write_audio, sound, extension
) -> None:
    channels, samples, level = sound
    audio = level * noise(channels, max(samples, 5000) if extension == "mp3" else samples)
    path = write_audio(tmp_path / f"a.{extension}", audio)
    assert not truncated(path)
    whole = path.read_bytes()
    for missing in (1, 2, 10, 100, len(whole) // 2):
        path.write_bytes(whole[:-missing])
        assert truncated(path), f"{missing} bytes missing"


@pytest.mark.parametrize("bit_depth", [16, 24])
@pytest.mark.parametrize("rate_hz", [8000, 44100, 96000])
def test_flac_of_any_rate_and_depth(tmp_path, noise, write_audio, bit_depth, rate_hz) -> None:
    path = write_audio(tmp_path / "a.flac", noise(2, 20_001), rate_hz, bit_depth)
    assert not truncated(path)
    path.write_bytes(path.read_bytes()[:-1])
    assert truncated(path)


def test_wav_with_chunks_around_the_sound(tmp_path) -> None:
    def chunk(name: bytes, content: bytes, length: int | None = None) -> bytes:
        size = len(content) if length is None else length
        return name + size.to_bytes(4, "little") + content + b"\0" * (len(content) % 2)

    sound = np.zeros(1000, np.int16).tobytes()
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF\0\0\0\0WAVE" + chunk(b"LIST", b"odd") + chunk(b"data", sound))
    assert not truncated(path)
    path.write_bytes(path.read_bytes() + chunk(b"LIST", b"after"))
    assert not truncated(path)
    # RF64: the length is in "ds64", and the one of "data" says nothing.
    for announced, cut in ((len(sound), False), (len(sound) + 1, True)):
        sizes = (0).to_bytes(8, "little") + announced.to_bytes(8, "little") + bytes(12)
        path.write_bytes(
            b"RF64\xff\xff\xff\xffWAVE" + chunk(b"ds64", sizes) + chunk(b"data", sound, 0xFFFFFFFF)
        )
        assert truncated(path) is cut
