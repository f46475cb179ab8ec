"""Audio files: read unless truncated, written with correct rounding."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from ..atomic_write import atomic_write
from ..errors import Error
from ..samples import Samples
from .codec_names import other_kind, sound_codec
from .ffmpeg import open_ffmpeg
from .pipes import Keep, is_pipe, open_seekable, pour
from .reading import AudioReader
from .truncation import is_truncated
from .unfinished import finished

if TYPE_CHECKING:
    from .tags import Tags

READABLE = frozenset(
    {".aif", ".aiff", ".bwf", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav"}
)
BIT_DEPTHS = {  # by extension; 32 is float, and lossy formats have no depth
    ".wav": (16, 24, 32),
    ".aif": (16, 24),
    ".aiff": (16, 24),
    ".flac": (16, 24),
    ".ogg": (),
    ".mp3": (),
}
LARGEST_AIFF_BYTES = 0xFFF00000  # its lengths have 32 bits; WAV becomes RF64, which has 64
# 16-bit samples are divided by 32767, so the lowest one lies just beyond full scale.
LARGEST = 32768 / 32767


def open_audio(path: Path, keep_waiting: Keep = lambda: None) -> AudioReader:
    """Open an audio file, or a pipe, for reading.

    Raise tonecast.Error unless it is audio and complete, or what `keep_waiting` raises, which is
    called while a pipe is waited for.
    """
    try:
        if path.is_dir():
            raise Error(f"{path} is a folder, not an audio file")
        file = open_seekable(path, keep_waiting)
    except FileNotFoundError:
        raise Error(f"{path}: there is no such file") from None
    except OSError as error:
        raise Error(f"{path} cannot be read: {error.strerror}") from None
    try:
        return _open_reader(path, file)
    except BaseException:
        file.close()
        raise


def _open_reader(path: Path, file: BinaryIO) -> AudioReader:
    try:
        if os.fstat(file.fileno()).st_size == 0:
            raise Error(f"{path} is empty")
        cut_short = is_truncated(file)
        reader = _decoder(path, finished(file))
    except OSError as error:
        raise Error(f"{path} cannot be read: {error.strerror}") from None
    if cut_short:
        raise Error(f"{path} is cut short: it announces more sound than it holds; copy it anew")
    if reader.frames == 0:
        raise Error(f"{path} holds no sound")
    reader.source = file
    return reader


def _decoder(path: Path, file: BinaryIO) -> AudioReader:
    import soundfile

    from .sndfile import SndfileReader

    file.seek(0)
    try:
        return SndfileReader(file)
    except soundfile.LibsndfileError:
        if codec := sound_codec(file):
            return open_ffmpeg(path, file, codec)
        known = ", ".join(sorted(READABLE))
        found = other_kind(file)
        found = f"{found}, not" if found else "not"
        raise Error(f"{path} is {found} audio that can be read (known are {known})") from None


def check_format(path: Path, bit_depth: int | None, extension: str | None = None) -> None:
    """Raise tonecast.Error unless a file of this name, or format, can have this many bits."""
    extension = extension or path.suffix.lower()
    if extension not in BIT_DEPTHS:
        raise Error(f"{path}: name the format by an extension: {', '.join(BIT_DEPTHS)}")
    depths = BIT_DEPTHS[extension]
    if bit_depth is not None and depths and bit_depth not in depths:
        known = " or ".join(map(str, depths))
        raise Error(f"{path}: {extension} files have {known} bits, not {bit_depth}")


def check_length(path: Path, extension: str, sound_bytes: int) -> None:
    """Raise tonecast.Error where the format cannot hold so much."""
    if extension in (".aif", ".aiff") and sound_bytes > LARGEST_AIFF_BYTES:
        raise Error(
            f"{path}: AIFF holds at most 4 GB, and these are {sound_bytes / 1e9:.1f} GB; "
            f"write WAV or FLAC"
        )


def closest_depth(dtype: str, extension: str) -> int:
    """Bits for a file of this `file_dtype`, as many as the format has at most."""
    wanted = {"int8": 16, "int16": 16, "int24": 24}.get(dtype, 32)
    return min(wanted, max(BIT_DEPTHS[extension], default=16))


class AudioSink:
    """Writes blocks [channels, n], full scale ±1, and tracks the largest magnitude, linear.

    Integers are rounded here: pedalboard rounds down, which is a bias of half a step, and would
    change every other sample of a 16-bit file that is merely copied.
    """

    def __init__(
        self, file: BinaryIO, extension: str, sample_rate_hz: float, channels: int, bit_depth: int
    ) -> None:
        """Open a file. Raise ValueError for a rate, channels or depth that the format lacks."""
        from pedalboard.io import WriteableAudioFile

        self._writer = WriteableAudioFile(
            file, sample_rate_hz, channels, bit_depth, format=extension[1:]
        )
        self._bits = bit_depth if BIT_DEPTHS[extension] else 0
        self.peak = 0.0
        self.tags_note = ""  # after closing: why the tags could not be written

    def write(self, block: Samples) -> None:
        """Append a block [channels, n]. Raise OSError if it cannot be written."""
        if block.size == 0:
            return
        if block.shape[0] == block.shape[1] > 1:  # pedalboard could not tell samples from channels
            self.write(block[:, :1])
            block = block[:, 1:]
        self.peak = max(self.peak, float(np.max(np.abs(block))))
        if self._bits in (16, 24):
            top = 2 ** (self._bits - 1) - 1
            integers = np.clip(np.rint(block * np.float64(top)), -top - 1, top)
            if self._bits == 16:
                self._writer.write(integers.astype(np.int16))
            else:  # the upper 24 bits of 32
                self._writer.write(integers.astype(np.int32) << 8)
        else:
            self._writer.write(block)

    @property
    def clipped(self) -> bool:
        """Whether peaks exceeded the format's full scale."""
        return self.peak > LARGEST and self._bits != 32

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()


@contextmanager
def whole_file(
    target: Path,
    sample_rate_hz: float,
    channels: int,
    bit_depth: int,
    *,
    extension: str | None = None,
    overwrite: bool = True,
    tags: Tags | None = None,
    keep_waiting: Keep = lambda: None,
) -> Iterator[AudioSink]:
    """A sink for a file beside `target` that takes its place when the block ends.

    A pipe gets the whole file then. `extension` is the format, by default that of `target`. If the
    block raises, `target` stays as it was. Raise tonecast.Error where the file cannot be written,
    its format lacks the rate, the channels or the depth, or without `overwrite` there is one.
    """
    extension = extension or target.suffix.lower()
    try:
        with _draft(target, overwrite, keep_waiting) as file:
            try:
                sink = AudioSink(file, extension, sample_rate_hz, channels, bit_depth)
            except ValueError as error:
                raise Error(f"{target}: {error}") from None
            with closing(sink):
                yield sink
            if tags:
                sink.tags_note = _write_tags(file, extension, tags)
    except OSError as error:
        raise Error(f"{target} cannot be written: {error.strerror or error}") from None


def _write_tags(file: BinaryIO, extension: str, tags: Tags) -> str:
    from .tags import write_tags

    try:
        write_tags(file, extension, tags)
    except OSError:
        raise
    except Exception as error:  # whatever mutagen makes of another format's: the sound is there
        return f"the tags could not be written ({type(error).__name__})"
    return ""


@contextmanager
def _draft(target: Path, overwrite: bool, keep_waiting: Keep) -> Iterator[BinaryIO]:
    if is_pipe(target):
        with tempfile.TemporaryFile(prefix="tonecast-") as file:
            yield file
            pour(file, target, keep_waiting)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target, overwrite) as draft, draft.open("w+b") as file:
            yield file
