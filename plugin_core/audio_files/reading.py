"""Sound out of a file, block by block, whatever decodes it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from ..samples import Samples

if TYPE_CHECKING:
    from typing_extensions import Self

RESAMPLER_BLOCK_SAMPLES = 16384


class BlockReader(ABC):
    """Blocks [channels, n] in a row, float32, full scale ±1. Names are those of pedalboard.io."""

    samplerate: int  # Hz
    num_channels: int

    def __init__(self) -> None:
        self._position = 0

    @abstractmethod
    def _decode(self, samples: int) -> Samples:
        """The next samples [channels, n]: as many as asked for, and fewer only at the end."""

    @abstractmethod
    def close(self) -> None:
        """Close the file."""

    def read(self, samples: int) -> Samples:
        """The next samples [channels, n]; n is 0 at the end. Raise RuntimeError for damage."""
        block = self._decode(samples)
        self._position += block.shape[1]
        return block

    def tell(self) -> int:
        """Samples read so far."""
        return self._position

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AudioReader(BlockReader):
    """The sound of a file."""

    source: BinaryIO  # the file as it is, for its tags; it is closed with the reader
    frames: int  # samples of each channel; of some formats an estimate
    file_dtype: str  # as the samples are stored: int8, int16, int24, int32, float32, float64

    @property
    def duration(self) -> float:
        """In seconds."""
        return self.frames / self.samplerate

    def resampled_to(self, rate_hz: int) -> BlockReader:
        """The sound at another rate, aligned; to be closed on its own."""
        return _Resampled(self, rate_hz)


class _Resampled(BlockReader):
    def __init__(self, source: AudioReader, rate_hz: int) -> None:
        super().__init__()
        self.samplerate = rate_hz
        self.num_channels = source.num_channels
        self._source = source
        self._ready = np.zeros((source.num_channels, 0), np.float32)
        self._resample: Callable[[Samples | None], Samples] | None = None
        if rate_hz != source.samplerate:
            from pedalboard.io import StreamResampler

            resampler = StreamResampler(source.samplerate, rate_hz, source.num_channels)
            self._resample = resampler.process

    def _decode(self, samples: int) -> Samples:
        if self._resample is None:
            return self._source.read(samples)
        ready = [self._ready]
        count = self._ready.shape[1]
        while count < samples and self._resample is not None:
            block = self._source.read(RESAMPLER_BLOCK_SAMPLES)
            ready.append(self._resample(block if block.shape[1] else None))
            count += ready[-1].shape[1]
            if block.shape[1] == 0:  # None has flushed it
                self._resample = lambda _: np.zeros((self.num_channels, 0), np.float32)
                break
        whole = np.concatenate(ready, axis=1)
        self._ready = whole[:, samples:]
        return whole[:, :samples]

    def close(self) -> None:
        """Nothing: the source is closed on its own."""
