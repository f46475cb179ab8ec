"""Mixes of recorded notes: a small band of samplers, in a room.

They add real instruments in rooms to the material, as there are few recordings of whole mixes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from pedalboard import Reverb

from ..data.note import Note, Source, load
from ..data.pitch_shift import shifted
from ..data.readers import read_notes
from .mastering import Mix, mastered
from .synthetic_mix import SCALES, pan_into

# Lowest and highest MIDI note of each folder's instrument; drums have no pitch.
BAND = {"piano": (48, 84), "guitar": (45, 72), "bass": (28, 48), "drums": (0, 0)}
CHORDS = ("piano", "guitar")
STEPS = 8  # of a pattern
NOISE_DB = (-45.0, -15.0)
MAX_NOTE_S = 4.0
FADE_S = 0.03


def band_notes(folder: Path) -> list[Source]:
    """Single notes and hits in the folders of the band; no phrases."""
    return [
        one
        for name in BAND
        if (folder / name).is_dir()
        for one in read_notes(folder / name)
        if name == "drums" or one.pitch is not None
    ]


def note_mix(notes: Sequence[Source], seed: int, seconds: float, sample_rate_hz: int) -> Mix:
    """A mix [2, samples] of some of `notes`, the same on every run. Raise tonecast.Error."""
    rng = np.random.default_rng([seed, 4])
    step_s = float(rng.uniform(0.15, 0.4))
    scale = SCALES[rng.integers(len(SCALES))]
    # Each is transposed on its own, so the result has no key.
    pitches = {60 + int(rng.integers(12)) + 12 * octave + one for octave in range(-4, 4)
               for one in scale}  # fmt: skip
    available = list(dict.fromkeys(one.instrument for one in notes))
    playing = [name for name in available if rng.random() < 0.6] or available[:1]
    music = np.zeros((2, round(seconds * sample_rate_hz)))
    for name in playing:
        of_part = [one for one in notes if one.instrument == name]
        part = np.zeros_like(music)
        _play(part, of_part, pitches, step_s, sample_rate_hz, rng)
        music += part / np.std(part) * 10 ** (rng.uniform(-10, 0) / 20)
    wet = float(rng.uniform(0, 0.3))
    room = Reverb(room_size=float(rng.uniform(0.1, 0.8)), wet_level=wet, dry_level=1 - wet)
    in_room = np.asarray(room(music.astype(np.float32), sample_rate_hz), np.float64)
    return mastered(in_room, NOISE_DB, sample_rate_hz, rng)


def _play(
    part: Mix,
    notes: Sequence[Source],
    pitches: set[int],
    step_s: float,
    sample_rate_hz: int,
    rng: np.random.Generator,
) -> None:
    """Add a repeated pattern of notes of one instrument to `part` [2, samples]."""
    name = notes[0].instrument
    lowest, highest = BAND[name]
    playable = [pitch for pitch in sorted(pitches) if lowest <= pitch <= highest]
    voices = int(rng.integers(1, 4)) if name in CHORDS else 1
    pattern = rng.random(STEPS) < rng.uniform(0.25, 0.8)
    pattern[0] = True
    for step in range(int(part.shape[1] / sample_rate_hz / step_s)):
        for _ in range(voices if pattern[step % STEPS] else 0):
            if playable:
                wanted = playable[int(rng.integers(len(playable)))]
                nearest = min(abs(wanted - (one.pitch or 0)) for one in notes)
                near = [one for one in notes if abs(wanted - (one.pitch or 0)) == nearest]
                chosen = _read(near[int(rng.integers(len(near)))], sample_rate_hz)
                sound = shifted(chosen, wanted - (chosen.pitch or 0)).dry
                sound = sound[: round(rng.uniform(1, 6) * step_s * sample_rate_hz)].copy()
                fade = min(sound.size, round(FADE_S * sample_rate_hz))
                sound[sound.size - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
            else:
                sound = _read(notes[int(rng.integers(len(notes)))], sample_rate_hz).dry
            level = rng.uniform(0.4, 1) / max(float(np.abs(sound).max()), 1e-3)
            pan_into(part, level * sound.astype(np.float64), step * step_s, sample_rate_hz, rng)


@lru_cache(maxsize=64)
def _read(note: Source, sample_rate_hz: int) -> Note:
    return load(note, sample_rate_hz, MAX_NOTE_S)
