"""Audio files: read unless truncated, written with correct rounding."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from ..atomic_write import atomic_write
from ..errors import Error
from ..samples import Samples
from .truncation import is_truncated

if TYPE_CHECKING:
    from pedalboard.io import ReadableAudioFile

READABLE = frozenset({".aif", ".aiff", ".bwf", ".flac", ".mp3", ".ogg", ".wav"})
BIT_DEPTHS = {  # by extension; 32 is float, and lossy formats have no depth
    ".wav": (16, 24, 32),
    ".aif": (16, 24),
    ".aiff": (16, 24),
    ".flac": (16, 24),
    ".ogg": (),
    ".mp3": (),
}
# pedalboard divides 16-bit samples by 32767, so the lowest one lies just beyond full scale.
LARGEST = 32768 / 32767


def open_audio(path: Path) -> ReadableAudioFile:
    """Open an audio file for reading. Raise tonecast.Error unless it is audio and complete."""
    from pedalboard.io import ReadableAudioFile

    try:
        if path.is_dir():
            raise Error(f"{path} is a folder, not an audio file")
        if path.stat().st_size == 0:
            raise Error(f"{path} is empty")
        cut_short = is_truncated(path)
        file = ReadableAudioFile(str(path))
    except Error:
        raise
    except FileNotFoundError:
        raise Error(f"{path}: there is no such file") from None
    except OSError as error:
        raise Error(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RuntimeError):
        known = ", ".join(sorted(READABLE))
        raise Error(f"{path} is not audio that can be read (known are {known})") from None
    if cut_short:
        raise Error(f"{path} is cut short: it announces more sound than it holds; copy it anew")
    if file.frames == 0:
        raise Error(f"{path} holds no sound")
    return file


def check_format(path: Path, bit_depth: int | None) -> None:
    """Raise tonecast.Error unless a file of this name can be written with this many bits."""
    extension = path.suffix.lower()
    if extension not in BIT_DEPTHS:
        raise Error(f"{path}: name the format by an extension: {', '.join(BIT_DEPTHS)}")
    depths = BIT_DEPTHS[extension]
    if bit_depth is not None and depths and bit_depth not in depths:
        known = " or ".join(map(str, depths))
        raise Error(f"{path}: {extension} files have {known} bits, not {bit_depth}")


def closest_depth(dtype: str, extension: str) -> int:
    """Bits for a file of this pedalboard `file_dtype`, as many as the format has at most."""
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

    def write(self, block: Samples) -> None:
        """Append a block [channels, n]. Raise OSError if it cannot be written."""
        if block.size == 0:
            return
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

    def flush(self) -> None:
        """Write what the file's header has to say about the samples so far; WAV only."""
        self._writer.flush()

    @property
    def clipped(self) -> bool:
        """Whether peaks exceeded the format's full scale."""
        return self.peak > LARGEST and self._bits != 32

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()


@contextmanager
def whole_file(
    target: Path, sample_rate_hz: float, channels: int, bit_depth: int
) -> Iterator[AudioSink]:
    """A sink for a file beside `target` that replaces `target` when the block ends.

    If the block raises, `target` stays as it was. Raise tonecast.Error where the file cannot be
    written, or its format lacks the rate, the channels or the depth.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as draft, draft.open("wb") as file:
            try:
                sink = AudioSink(file, target.suffix.lower(), sample_rate_hz, channels, bit_depth)
            except ValueError as error:
                raise Error(f"{target}: {error}") from None
            with closing(sink):
                yield sink
    except OSError as error:
        raise Error(f"{target} cannot be written: {error.strerror}") from None
