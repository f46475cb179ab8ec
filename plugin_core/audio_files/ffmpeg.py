"""Decoding by FFmpeg: AAC, Apple Lossless and what else libsndfile does not know.

PyAV brings it along, 100 MB of it. So it is no dependency, but an extra:
`pip install 'tonecast[ffmpeg]'`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ..errors import Error
from ..samples import Samples
from .reading import AudioReader

DTYPES = {"s16p": "int16", "s16": "int16", "s32p": "int24", "s32": "int24"}


def open_ffmpeg(path: Path, file: BinaryIO, codec: str) -> AudioReader:
    """A reader of the first sound in a file. Raise tonecast.Error where there is none, or no PyAV.

    `codec` is for that message.
    """
    try:
        import av
    except ImportError:
        raise Error(
            f"{path} is {codec}, which takes FFmpeg; run \"pip install 'tonecast[ffmpeg]'\", "
            f"or convert it to WAV"
        ) from None
    file.seek(0)
    try:
        return _FfmpegReader(file)
    except (av.FFmpegError, IndexError, ValueError):
        raise Error(f"{path} is {codec}, and holds no sound that FFmpeg can decode") from None


class _FfmpegReader(AudioReader):
    """FFmpeg takes the encoder's delay and padding out where the file tells of them."""

    def __init__(self, file: BinaryIO) -> None:
        import av

        super().__init__()
        self._bytes = file
        self._container = av.open(file, mode="r")
        stream = self._container.streams.audio[0]
        self.samplerate = int(stream.rate)
        self.num_channels = int(stream.channels)
        duration_s = float((stream.duration or 0) * (stream.time_base or 0))
        duration_s = duration_s or (self._container.duration or 0) / av.time_base
        self.frames = round(duration_s * self.samplerate) or 1
        self.file_dtype = DTYPES.get(stream.format.name, "float32")
        # An MPEG-4 file knows where its sound ends; the rest of the last frame is padding.
        is_exact = stream.duration and "mp4" in self._container.format.name
        self._left = self.frames if is_exact else sys.maxsize
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

        samples = min(samples, self._left)
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
        self._left -= min(samples, whole.shape[1])
        return whole[:, :samples]

    def close(self) -> None:
        """Close the file."""
        self._container.close()
        self._bytes.close()
