"""Decoding MPEG-4 files (.m4a: AAC, Apple Lossless) by PyAV, which brings FFmpeg along: 100 MB.

So it is no dependency, but an extra: `pip install 'tonecast[m4a]'`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ..errors import Error
from ..samples import Samples
from .reading import AudioReader

CODECS = {b"mp4a": "AAC", b"alac": "Apple Lossless", b"ac-3": "Dolby AC-3", b"Opus": "Opus"}
INDEX_BYTES = 1 << 22  # where the codec's name is looked for, at the file's beginning and end
DEPTHS = {"s16p": "int16", "s16": "int16", "s32p": "int24", "s32": "int24"}


def is_mpeg4(file: BinaryIO) -> bool:
    """Whether a file is MPEG-4 or QuickTime."""
    file.seek(4)
    return file.read(4) == b"ftyp"


def open_mpeg4(path: Path, file: BinaryIO) -> AudioReader:
    """A reader of the first sound in it. Raise tonecast.Error where there is none, or no PyAV."""
    try:
        import av
    except ImportError:
        raise Error(
            f"{path} is {_codec(file)} in MPEG-4, which takes PyAV; run "
            f"\"pip install 'tonecast[m4a]'\", or convert it to WAV or FLAC"
        ) from None
    file.seek(0)
    try:
        return _Mpeg4Reader(file)
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise Error(f"{path} holds no sound that can be read: {error}") from None


def _codec(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(INDEX_BYTES)
    file.seek(0, 2)
    file.seek(max(0, file.tell() - INDEX_BYTES))
    whole = head + file.read()
    return next((text for name, text in CODECS.items() if name in whole), "a sound")


class _Mpeg4Reader(AudioReader):
    """FFmpeg takes the encoder's delay and padding out, as the file's edit list says."""

    def __init__(self, file: BinaryIO) -> None:
        import av

        super().__init__()
        self._bytes = file
        self._container = av.open(file)
        stream = self._container.streams.audio[0]
        self.samplerate = int(stream.rate)
        self.num_channels = int(stream.channels)
        self.frames = int((stream.duration or 0) * (stream.time_base or 0) * self.samplerate) or 1
        self.file_dtype = DEPTHS.get(stream.format.name, "float32")
        self._blocks = self._decoded()
        self._ready = np.zeros((self.num_channels, 0), np.float32)

    def _decoded(self) -> Iterator[Samples]:
        import av

        planar = av.AudioResampler(format="fltp")  # neither rate nor channels change
        for frame in self._container.decode(audio=0):
            for converted in planar.resample(frame):
                yield np.asarray(converted.to_ndarray(), np.float32)

    def _decode(self, samples: int) -> Samples:
        import av

        ready = [self._ready]
        count = self._ready.shape[1]
        while count < samples:
            try:
                block = next(self._blocks, None)
            except av.FFmpegError as error:
                raise RuntimeError(str(error)) from None
            if block is None:
                break
            ready.append(block)
            count += block.shape[1]
        whole = np.concatenate(ready, axis=1)
        self._ready = whole[:, samples:]
        return whole[:, :samples]

    def close(self) -> None:
        """Close the file."""
        self._container.close()
        self._bytes.close()
