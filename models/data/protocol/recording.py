"""The protocol as a sound, and as the file that `tonecast train --make-input` writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ....plugin_core.audio_files.files import whole_file
from ....plugin_core.errors import Error
from ....plugin_core.samples import Samples
from ....plugin_core.synthesizer import Signal
from . import calibration, layout, playing

SEED = 16


def make_recording() -> Samples:
    """The protocol at 48 kHz [samples], float32, full scale ±1; the same on every run."""
    rate_hz = layout.SAMPLE_RATE_HZ
    sound = np.zeros(round(layout.END_S * rate_hz))
    for click in (*layout.FIRST_CLICKS, *layout.LAST_CLICKS):
        calibration.add_click(sound, round(click.time_s * rate_hz), click.level)
    for part, level_db in zip(layout.TONES, layout.TONE_LEVELS_DB, strict=True):
        _put(sound, part, calibration.tone(layout.TONE_HZ, level_db, _samples(part), rate_hz))
    for part, level_db in zip(layout.SWEEPS, layout.SWEEP_LEVELS_DB, strict=True):
        _put(sound, part, calibration.sweep(layout.SWEEP_HZ, level_db, _samples(part), rate_hz))
    rng = np.random.default_rng(SEED)
    for part, level_db in zip(layout.NOISES, layout.NOISE_LEVELS_DB, strict=True):
        _put(sound, part, calibration.noise(level_db, _samples(part), rate_hz, rng))
    for number, (part, piece) in enumerate(
        (
            (layout.PLAYING, playing.TRAINED),
            (layout.VALIDATION, playing.VALIDATED),
            (layout.TEST, playing.TESTED),
        )
    ):
        played = playing.perform(piece, _samples(part), rate_hz, SEED + 1 + number)
        _put(sound, part, calibration.faded(played, rate_hz))
    return sound.astype(np.float32)


def write_recording(path: Path) -> None:
    """Write the protocol as a mono WAV file of 24 bits.

    Raise tonecast.Error where the name is none of a WAV file, is taken, or cannot be written.
    """
    if path.suffix.lower() != ".wav":
        raise Error(f"{path}: the recording is a WAV file; give it a name that ends in .wav")
    if path.exists():
        raise Error(f"{path} is there already; give another name, or move it away")
    with whole_file(path, layout.SAMPLE_RATE_HZ, 1, layout.BITS, overwrite=False) as file:
        file.write(make_recording()[np.newaxis])


def _samples(part: layout.Part) -> int:
    return round((part.end_s - part.begin_s) * layout.SAMPLE_RATE_HZ)


def _put(sound: Signal, part: layout.Part, what: Signal) -> None:
    begin = round(part.begin_s * layout.SAMPLE_RATE_HZ)
    sound[begin : begin + len(what)] = what
