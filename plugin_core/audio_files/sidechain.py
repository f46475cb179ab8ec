"""A file that is read beside another one, block by block: what an effect listens to."""

from __future__ import annotations

from pathlib import Path

from ..errors import Error
from ..samples import Samples
from .reading import AudioReader


class SidechainReader:
    """Gives as many samples of the side-chain as were read of the sound."""

    def __init__(
        self, path: Path, reader: AudioReader, sound_path: Path, sound: AudioReader
    ) -> None:
        """Raise tonecast.Error where rate or channels do not fit those of the sound."""
        self._path, self._reader, self._sound_path = path, reader, sound_path
        if reader.samplerate != sound.samplerate:
            raise Error(
                f"{path} is at {reader.samplerate:g} Hz and {sound_path} at "
                f"{sound.samplerate:g} Hz; resample one of them"
            )
        if reader.num_channels not in (1, sound.num_channels):
            raise Error(
                f"{path} has {reader.num_channels} channels and {sound_path} "
                f"{sound.num_channels}; a side-chain has as many, or one"
            )

    def read(self, samples: int) -> Samples:
        """The next samples [channels, samples]. Raise tonecast.Error where there are less."""
        block = self._next(samples)
        if block.shape[1] < samples:
            raise self._misfit()
        return block

    def check_end(self) -> None:
        """Raise tonecast.Error unless everything has been read."""
        if self._next(1).shape[1] > 0:
            raise self._misfit()

    def _next(self, samples: int) -> Samples:
        try:
            block: Samples = self._reader.read(samples)
        except (ValueError, RuntimeError) as error:
            raise Error(f"{self._path} cannot be decoded: {error}") from None
        return block

    def _misfit(self) -> Error:
        return Error(
            f"{self._path} is not as long as {self._sound_path}; cut it, or append silence to it"
        )
