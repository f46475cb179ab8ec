"""What other programs write plays from its first sample to its last, or is named."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pedalboard.io import ReadableAudioFile
from system_packages import needs
from tonecast import Error
from tonecast.plugin_core.audio_files.files import open_audio, whole_file

RATE_HZ = 44100
UNKNOWN_LENGTHS = (0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFDB, 0xFFFFFFFF)


def decoded(path: Path) -> np.ndarray:
    with open_audio(path) as reader:
        blocks = [reader.read(4000)]
        while blocks[-1].shape[1]:
            blocks.append(reader.read(4000))
        assert reader.tell() == sum(block.shape[1] for block in blocks)
    return np.concatenate(blocks, axis=1)


def smooth(samples: int, channels: int = 2) -> np.ndarray:
    """Noise below 4 kHz, which lossy codecs keep, [channels, samples]."""
    noise = np.random.default_rng(1).standard_normal((channels, samples + 30))
    kept = np.stack([np.convolve(one, np.hanning(31) / 16, "valid") for one in noise])
    return (0.1 * kept).astype(np.float32)


def lag_samples(wanted: np.ndarray, found: np.ndarray) -> int:
    """By how much the second of two sounds [samples] is late."""
    size = 2 * max(len(wanted), len(found))
    product = np.fft.rfft(found, size) * np.conj(np.fft.rfft(wanted, size))
    lag = int(np.argmax(np.fft.irfft(product, size)))
    return lag if lag < size // 2 else lag - size


@pytest.mark.parametrize(
    ("extension", "subtype"),
    [
        ("wav", "PCM_U8"), ("wav", "PCM_16"), ("wav", "PCM_24"), ("wav", "PCM_32"),
        ("wav", "FLOAT"), ("wav", "ULAW"), ("wav", "MS_ADPCM"),
        ("aiff", "PCM_S8"), ("aiff", "PCM_16"), ("aiff", "PCM_24"), ("aiff", "FLOAT"),
        ("flac", "PCM_16"), ("flac", "PCM_24"),
    ],
)  # fmt: skip
def test_samples_are_those_of_pedalboard_bit_for_bit(tmp_path, extension, subtype) -> None:
    """It writes the files: what is merely copied stays as it is."""
    path = tmp_path / f"a.{extension}"
    loud = np.random.default_rng(1).uniform(-1, 1, (20_000, 2))
    loud[:2] = [[1, -1], [-1, 1]]
    soundfile.write(path, loud, RATE_HZ, subtype)
    with ReadableAudioFile(str(path)) as file:
        wanted, dtype = file.read(file.frames), file.file_dtype
    np.testing.assert_array_equal(decoded(path), wanted)
    with open_audio(path) as reader:
        assert reader.file_dtype == dtype


@pytest.mark.parametrize("rate_hz", [8000, 44100, 48000, 96000])
def test_resampling_is_that_of_pedalboard(tmp_path, noise, write_audio, rate_hz) -> None:
    path = write_audio(tmp_path / "a.wav", noise(2, 30_000), RATE_HZ, bit_depth=24)
    with ReadableAudioFile(str(path)) as file, file.resampled_to(rate_hz) as resampled:
        wanted = resampled.read(10**6)
    with open_audio(path) as reader, reader.resampled_to(rate_hz) as resampled:
        found = np.concatenate([resampled.read(999) for _ in range(1 + wanted.shape[1] // 999)], 1)
        assert resampled.read(1).shape == (2, 0)
    np.testing.assert_allclose(found, wanted, atol=1e-6)


@pytest.mark.parametrize(("extension", "form"), [("wav", "WAV"), ("aiff", "AIFF")])
def test_64_bit_floats_play(tmp_path, extension, form) -> None:
    path = tmp_path / f"a.{extension}"
    sound = smooth(5000)
    soundfile.write(path, sound.T, RATE_HZ, "DOUBLE", format=form)
    np.testing.assert_array_equal(decoded(path), sound)


def test_opus_plays(tmp_path) -> None:
    sound = smooth(48_000)
    soundfile.write(tmp_path / "a.opus", sound.T, 48000, "OPUS", format="OGG")
    found = decoded(tmp_path / "a.opus")
    assert found.shape == sound.shape
    assert lag_samples(sound[0], found[0]) == 0


@pytest.mark.parametrize("rate_hz", [16000, 44100, 48000])
@pytest.mark.parametrize("samples", [1, 1152, 44100])
def test_mp3_stays_where_it_is_and_as_long_as_it_was(tmp_path, rate_hz, samples) -> None:
    """The delays of encoder and decoder would add up: 1105 samples at each pass."""
    sound = smooth(samples, 1)
    again = sound
    for number in range(3):
        path = tmp_path / f"{number}.mp3"
        with whole_file(path, rate_hz, 1, 16) as sink:
            sink.write(again)
        again = decoded(path)
        assert again.shape == sound.shape
    if samples > 1000:
        assert lag_samples(sound[0], again[0]) == 0


def wav_bytes(sound: np.ndarray, subtype: str = "PCM_16") -> bytearray:
    file = io.BytesIO()
    soundfile.write(file, sound.T, RATE_HZ, subtype, format="WAV")
    return bytearray(file.getvalue())


@pytest.mark.parametrize("length", UNKNOWN_LENGTHS)
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_wav_that_was_written_into_a_pipe_plays_to_its_end(tmp_path, length, subtype) -> None:
    sound = smooth(3001)
    content = wav_bytes(sound, subtype)
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    wanted = decoded(path)
    at = content.index(b"data") + 4
    content[at : at + 4] = length.to_bytes(4, "little")
    path.write_bytes(content)
    np.testing.assert_array_equal(decoded(path), wanted)
    path.write_bytes(content[:-1])  # ended in the middle of a sample
    np.testing.assert_array_equal(decoded(path), wanted[:, :3000])


def test_wav_that_really_is_empty_holds_no_sound(tmp_path) -> None:
    path = tmp_path / "a.wav"
    content = (
        wav_bytes(np.zeros((2, 0), np.float32)) + b"LIST" + (4).to_bytes(4, "little") + b"INFO"
    )
    path.write_bytes(content)
    with pytest.raises(Error, match="holds no sound"):
        open_audio(path)


def test_wav_from_a_pipe_may_be_longer_than_its_lengths_can_say(tmp_path) -> None:
    """4.5 GB, of which the file system stores next to nothing."""
    content = wav_bytes(smooth(1000))
    at = content.index(b"data") + 4
    content[at : at + 4] = b"\xff" * 4
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    size = 4_500_000_000
    with path.open("r+b") as file:
        file.truncate(size)
    with open_audio(path) as reader:
        assert reader.frames == (size - at - 4) // 4


def test_flac_of_unknown_length_plays_to_its_end(tmp_path, noise, write_audio) -> None:
    path = write_audio(tmp_path / "a.flac", noise(2, 20_001), RATE_HZ)
    wanted = decoded(path)
    content = bytearray(path.read_bytes())
    content[21:26] = (int.from_bytes(content[21:26], "big") & ~(2**36 - 1)).to_bytes(5, "big")
    path.write_bytes(content)
    np.testing.assert_array_equal(decoded(path), wanted)


def test_flac_may_have_an_id3_tag_behind_its_last_frame(tmp_path, noise, write_audio) -> None:
    path = write_audio(tmp_path / "a.flac", noise(1, 20_001), RATE_HZ)
    wanted = decoded(path)
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))
    np.testing.assert_array_equal(decoded(path), wanted)


@needs("ffmpeg")
@pytest.mark.parametrize("codec", ["aac", "alac"])
def test_m4a_plays_without_its_delay(tmp_path, codec) -> None:
    pytest.importorskip("av", reason="needs pip install av")
    sound = smooth(RATE_HZ)
    soundfile.write(tmp_path / "a.wav", sound.T, RATE_HZ)
    ffmpeg(tmp_path / "a.wav", tmp_path / "a.m4a", codec)
    found = decoded(tmp_path / "a.m4a")
    assert found.shape == sound.shape
    assert lag_samples(sound[0], found[0]) == 0
    whole = (tmp_path / "a.m4a").read_bytes()
    (tmp_path / "a.m4a").write_bytes(whole[:-100])
    with pytest.raises(Error, match="cut short"):
        open_audio(tmp_path / "a.m4a")


@needs("ffmpeg")
@pytest.mark.parametrize(
    ("name", "codec", "message"),
    [
        ("a.m4a", "aac", "a.m4a is AAC in MPEG-4, which takes FFmpeg; run"),
        ("a.m4a", "alac", "a.m4a is Apple Lossless in MPEG-4"),
        ("a.aac", "aac", "a.aac is AAC without a container"),
        ("a.wma", "wmav2", "a.wma is Windows Media Audio"),
        ("a.ogg", "flac", "a.ogg is FLAC in Ogg"),
        ("a.wv", "wavpack", "a.wv is WavPack"),
    ],
)
def test_codec_is_named_with_the_way_out(tmp_path, monkeypatch, name, codec, message) -> None:
    soundfile.write(tmp_path / "s.wav", smooth(RATE_HZ).T, RATE_HZ)
    ffmpeg(tmp_path / "s.wav", tmp_path / name, codec)
    monkeypatch.setitem(sys.modules, "av", None)  # as where it is not installed
    with pytest.raises(Error, match=r"\[ffmpeg\]'\", or convert it to WAV") as error:
        open_audio(tmp_path / name)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"MThd\0\0\0\6", "MIDI, notes without a sound, not audio"),
        (b"PK\x03\x04", "a ZIP archive, not audio"),
        (b"<!DOCTYPE html>", "is not audio that can be read"),
        (bytes(1000), "is not audio that can be read"),
    ],
)
def test_what_is_no_sound_is_told(tmp_path, content, message) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(Error, match=message):
        open_audio(path)


def ffmpeg(source: Path, target: Path, codec: str) -> None:
    command = ["ffmpeg", "-v", "error", "-y", "-i", source, "-c:a", codec, target]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
