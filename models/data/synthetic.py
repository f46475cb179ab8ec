"""Synthesized notes, so that training runs without recordings."""

from __future__ import annotations

import numpy as np

from ...plugin_core.synthesizer import pluck, strike_bar
from .note import Note

MIN_PITCH, PITCHES, STEP = 36, 16, 3  # C2 upwards in minor thirds, as pianos are sampled
LEVELS_DB = (-20.0, -12.0, -4.0)


def synthetic_notes(sample_rate_hz: int, seconds: float, seed: int) -> list[Note]:
    """Plucked strings and struck bars over four octaves, at three levels; the same for a seed."""
    rng = np.random.default_rng(seed)
    notes = []
    for pitch in range(MIN_PITCH, MIN_PITCH + PITCHES * STEP, STEP):
        pitch_hz = 440 * 2 ** ((pitch - 69) / 12)
        for level_db in LEVELS_DB:
            for instrument, sound in (
                ("string", pluck(pitch_hz, seconds, sample_rate_hz, rng)),
                ("bar", strike_bar(pitch_hz, seconds, sample_rate_hz)),
            ):
                notes.append(
                    Note(
                        name=f"{instrument} {pitch} {level_db:g} dB",
                        recording=f"{instrument} {pitch}",
                        instrument=instrument,
                        pitch=pitch,
                        dry=(sound * 10 ** (level_db / 20)).astype(np.float32),
                    )
                )
    return notes
