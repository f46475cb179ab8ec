"""Play an audio file through an effect into another one, in blocks: memory stays flat."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from ._engine import Error
from .arrays import Samples
from .effect import Effect
from .intact import is_cut_short
from .stream import Stream

if TYPE_CHECKING:
    from pedalboard.io import ReadableAudioFile, WriteableAudioFile

BLOCK_SAMPLES = 16384
READABLE = frozenset({".aif", ".aiff", ".bwf", ".flac", ".mp3", ".ogg", ".wav"})
BIT_DEPTHS = {  # by extension; 32 is float, and lossy formats have no depth
    ".wav": (16, 24, 32),
    ".aif": (16, 24),
    ".aiff": (16, 24),
    ".flac": (16, 24),
    ".ogg": (),
    ".mp3": (),
}

# Called with the seconds of sound played so far and in all; raises to stop.
Progress = Callable[[float, float], None]


@dataclass(frozen=True)
class RenderReport:
    """What went through: `peak` is the largest output magnitude, linear, full scale = 1."""

    duration_s: float
    nonfinite_input_samples: int
    frames: int
    bad_frames: int
    peak: float
    clipped: bool

    @property
    def notes(self) -> list[str]:
        """What a listener should know, in sentences."""
        notes = []
        if self.nonfinite_input_samples:
            notes.append(
                f"{self.nonfinite_input_samples} samples of the input are NaN or infinite; "
                f"they were played as silence"
            )
        if self.bad_frames:
            notes.append(
                f"the model failed on {self.bad_frames} of {self.frames} frames; "
                f"they were left as they were"
            )
        if self.clipped:
            over_db = 20 * math.log10(self.peak)
            notes.append(
                f"the output was clipped, its peaks are {over_db:.1f} dB over full scale; "
                f"try --output-gain-db {-math.ceil(over_db * 10) / 10:g}"
            )
        return notes


def open_audio(path: Path) -> ReadableAudioFile:
    """Open an audio file for reading. Raise tonecast.Error for what is not whole and audio."""
    from pedalboard.io import ReadableAudioFile

    try:
        if path.is_dir():
            raise Error(f"{path} is a folder, not an audio file")
        if path.stat().st_size == 0:
            raise Error(f"{path} is empty")
        cut_short = is_cut_short(path)
        file = ReadableAudioFile(str(path))
    except FileNotFoundError:
        raise Error(f"{path}: there is no such file") from None
    except OSError as error:
        raise Error(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RuntimeError) as error:
        if isinstance(error, Error):
            raise
        known = ", ".join(sorted(READABLE))
        raise Error(f"{path} is not audio that can be read (known are {known})") from None
    if cut_short:
        raise Error(f"{path} is cut short: it announces more sound than it holds; copy it anew")
    if file.frames == 0:
        raise Error(f"{path} holds no sound")
    return file


def render(
    effect: Effect,
    source: Path,
    target: Path,
    bit_depth: int | None = None,
    on_progress: Progress = lambda played_s, total_s: None,
) -> RenderReport:
    """Play `source` through `effect` into `target`: same rate, channels and length, aligned.

    The extension of `target` names the format. `bit_depth` is that of `source` if it is None, as
    far as the format allows. The file is written beside `target` and renamed when it is whole, so
    whatever stops this leaves `target` as it was. Raise tonecast.Error, or what `on_progress` does.
    """
    from pedalboard.io import WriteableAudioFile

    extension = target.suffix.lower()
    if extension not in BIT_DEPTHS:
        raise Error(f"{target}: name the format by an extension: {', '.join(BIT_DEPTHS)}")
    if bit_depth is not None and BIT_DEPTHS[extension] and bit_depth not in BIT_DEPTHS[extension]:
        depths = " or ".join(map(str, BIT_DEPTHS[extension]))
        raise Error(f"{target}: {extension} files have {depths} bits, not {bit_depth}")
    draft = target.with_name(f".tonecast-{os.getpid()}-{target.name}")  # same folder: same disk
    try:
        with (
            open_audio(source) as reader,
            _open_stream(effect, source, reader) as stream,
            _create(draft) as file,
        ):
            depth = bit_depth or _closest_depth(reader.file_dtype, BIT_DEPTHS[extension])
            try:
                writer = WriteableAudioFile(
                    file, reader.samplerate, reader.num_channels, depth, format=extension[1:]
                )
            except ValueError as error:
                raise Error(f"{target}: {error}") from None
            with writer:
                report = _play(source, reader, stream, writer, depth == 32, on_progress)
        draft.replace(target)
    except OSError as error:
        raise Error(f"{target} cannot be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
    return report


def _play(
    source: Path,
    reader: ReadableAudioFile,
    stream: Stream,
    writer: WriteableAudioFile,
    is_float: bool,
    on_progress: Progress,
) -> RenderReport:
    to_swallow = stream.latency_samples
    played_s = 0.0
    peak = 0.0

    def write(late: Samples) -> None:
        nonlocal to_swallow, peak
        due = late[:, to_swallow:]
        to_swallow -= late.shape[1] - due.shape[1]
        if due.size:
            peak = max(peak, float(np.max(np.abs(due))))
            writer.write(due)

    while (block := _read(source, reader)).shape[1] > 0:
        write(stream.process(block))
        played_s += block.shape[1] / reader.samplerate
        on_progress(played_s, reader.duration)
    write(stream.flush())
    counters = stream.counters
    return RenderReport(
        duration_s=played_s,
        nonfinite_input_samples=counters.nonfinite_input_samples,
        frames=counters.frames,
        bad_frames=counters.bad_frames,
        peak=peak,
        clipped=peak > 1 and not is_float,
    )


def _read(source: Path, reader: ReadableAudioFile) -> Samples:
    try:
        block: Samples = reader.read(BLOCK_SAMPLES)
    except (ValueError, RuntimeError) as error:
        raise Error(f"{source} cannot be decoded after {reader.tell()} samples: {error}") from None
    return block


def _open_stream(effect: Effect, source: Path, reader: ReadableAudioFile) -> Stream:
    try:
        return effect.stream(reader.samplerate, BLOCK_SAMPLES, reader.num_channels)
    except ValueError as error:
        raise Error(f"{source}: {error}") from None


def _create(draft: Path) -> BinaryIO:
    draft.parent.mkdir(parents=True, exist_ok=True)
    return draft.open("wb")


def _closest_depth(dtype: str, depths: tuple[int, ...]) -> int:
    """The source's own depth, or the format's largest: nothing is lost but what it cannot hold."""
    wanted = {"int8": 16, "int16": 16, "int24": 24}.get(dtype, 32)
    return min(wanted, max(depths, default=16))
