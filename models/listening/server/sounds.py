"""The sounds of a study as they are sent: compared with what was made, once each."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

import numpy as np

from ....plugin_core.audio_files.files import AudioSink, open_audio
from ..study.flac import Sound


class SoundFiles:
    """The files of a study's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._checked: set[str] = set()

    def read(self, sound: Sound) -> bytes | None:
        """A sound's file; None where it is missing, or is not what was made."""
        try:
            content = (self._folder / sound.file).read_bytes()
        except OSError:
            return None
        if sound.file not in self._checked:
            if hashlib.sha256(content).hexdigest() != sound.sha256:
                return None
            self._checked.add(sound.file)
        return content

    def read_wav(self, sound: Sound) -> bytes | None:
        """The same samples as WAV, for browsers without FLAC."""
        if self.read(sound) is None:
            return None
        file = BytesIO()
        with open_audio(self._folder / sound.file) as reader:
            bits = 24 if reader.file_dtype == "int24" else 16
            sink = AudioSink(file, ".wav", reader.samplerate, reader.num_channels, bits)
            sink.write(np.asarray(reader.read(reader.frames), np.float32))
            sink.close()
        return file.getvalue()
