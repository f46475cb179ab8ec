"""What the reader of pairs does with an audio file, in a word: for a fuzzer."""

from __future__ import annotations

from pathlib import Path

import tonecast
from tonecast.models.data.pair.recording import one_channel, read_both
from tonecast.plugin_core.audio_files.files import open_audio

LONG_S = 60  # what announces more is read correctly, but takes the fuzzer's time


class PairReader:
    """Reads a file beside an intact one, as a pair."""

    def __init__(self, folder: Path, intact: bytes) -> None:
        self._folder = folder
        self._wet = folder / "wet.wav"
        self._wet.write_bytes(intact)

    def __call__(self, audio: tuple[str, bytes]) -> str:
        suffix, content = audio
        path = self._folder / f"fuzzed{suffix}"
        path.write_bytes(content)
        try:
            with open_audio(path) as file:
                if file.frames > LONG_S * file.samplerate:
                    return "long"
            dry, wet, _ = read_both(path, self._wet)
            one_channel(dry, wet)
        except tonecast.Error:
            return "refused"
        return "read"
