"""Synthesized notes and noise, so that training runs without recordings."""

from __future__ import annotations

import numpy as np

from ...plugin_core.synthesizer import pluck, strike_bar
from .note import Note

MIN_PITCH, PITCHES, STEP = 36, 16, 3  # C2 upwards in minor thirds, as pianos are sampled
LEVELS_DB = (-20.0, -12.0, -4.0)
NOISES, NOISE_PEAK = 10, 0.5


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


def noise_notes(sample_rate_hz: int, seconds: float, seed: int) -> list[Note]:
    """White noise, which a linear effect answers at all frequencies; the same for a seed."""
    rng = np.random.default_rng(seed)
    samples = round(seconds * sample_rate_hz)
    return [
        Note(
            name=f"noise {number}",
            recording=f"noise {number}",
            instrument="noise",
            pitch=None,
            dry=rng.uniform(-NOISE_PEAK, NOISE_PEAK, samples).astype(np.float32),
        )
        for number in range(1, NOISES + 1)
    ]
