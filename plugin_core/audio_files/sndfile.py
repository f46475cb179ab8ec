"""Decoding by libsndfile: WAV, AIFF, FLAC, Ogg Vorbis, Opus and MP3.

It takes the encoder's delay and padding out of MP3 where the encoder has noted them (LAME's header,
which all that tonecast writes have), so that the sound is as long as it was and where it was.
"""

from __future__ import annotations

from typing import BinaryIO

import numpy as np
import soundfile

from ..samples import Samples
from .reading import AudioReader

# Integers are scaled by the largest one, as pedalboard does it, which writes the files: what is
# merely copied stays the same, bit for bit. The dtype to read as, bits to drop, and the largest.
_INTEGERS = {
    "PCM_S8": ("int16", 8, 2**7 - 1),
    "PCM_U8": ("int16", 8, 2**7 - 1),
    "PCM_16": ("int16", 0, 2**15 - 1),
    "PCM_24": ("int32", 8, 2**23 - 1),
}
_DTYPES = {
    "PCM_S8": "int8",
    "PCM_U8": "int8",
    "PCM_16": "int16",
    "PCM_24": "int24",
    "PCM_32": "int32",
    "DOUBLE": "float64",
}


class SndfileReader(AudioReader):
    """A file that libsndfile decodes. Raise soundfile.LibsndfileError where it cannot."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._bytes = file
        self._file = soundfile.SoundFile(file)
        self.samplerate = self._file.samplerate
        self.num_channels = self._file.channels
        self.frames = self._file.frames
        subtype = self._file.subtype
        self.file_dtype = _DTYPES.get(subtype, "float32")
        self._dtype, self._drop_bits, largest = _INTEGERS.get(subtype, ("float32", 0, 1))
        self._scale = np.float32(1 / largest)

    def _decode(self, samples: int) -> Samples:
        if self._file.format != "MP3":  # whose length may be an estimate
            samples = min(samples, self.frames - self.tell())  # behind it there may be tags
        interleaved = np.empty((samples, self.num_channels), self._dtype)
        count = self._file.buffer_read_into(interleaved.data, self._dtype)
        block = interleaved[:count].T
        if self._scale == 1:
            return np.ascontiguousarray(block)
        scaled: Samples = np.ascontiguousarray(block >> self._drop_bits, np.float32)
        scaled *= self._scale
        return scaled

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._bytes.close()
