"""The playing of the protocol, on plucked strings: single notes, chords, palm mutes, bass.

Only arithmetic, so that the recording can be made anywhere and has no licence but ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ....plugin_core.synthesizer import Signal, pitch_hz, pluck

PEAK = 0.8
# MIDI notes. Guitar: E2 to E5; bass: E1 to G2.
GUITAR, BASS = (40, 76), (28, 43)
MINOR_PENTATONIC, MAJOR, HARMONIC_MINOR = (0, 3, 5, 7, 10), (0, 2, 4, 5, 7, 9, 11), (
    0, 2, 3, 5, 7, 8, 11,
)  # fmt: skip
POWER, TRIAD, SEVENTH = (0, 7, 12), (0, 7, 12, 16, 19), (0, 7, 10, 15, 19)
STRUM_S = 0.012  # from string to string
OPEN_S, MUTED_S = 4.0, 0.25  # reverberation times


@dataclass(frozen=True)
class Stroke:
    """Strings plucked one after another at `time_s`; the peak of each is at `level_db`."""

    time_s: float
    notes: tuple[int, ...]
    duration_s: float
    level_db: float
    reverberation_s: float = OPEN_S


Style = Callable[[float, np.random.Generator], Iterator[Stroke]]


def lead(
    scale: Sequence[int], root: int, levels_db: tuple[float, float], span: tuple[int, int] = GUITAR
) -> Style:
    """Single notes of a scale that wander up and down, some short, some long, at random levels."""
    notes = [n for n in range(span[0], span[1] + 1) if (n - root) % 12 in scale]

    def play(duration_s: float, rng: np.random.Generator) -> Iterator[Stroke]:
        place, at_s = len(notes) // 2, 0.0
        while at_s < duration_s:
            place = int(np.clip(place + rng.integers(-3, 4), 0, len(notes) - 1))
            step_s = float(rng.choice((0.14, 0.28, 0.28, 0.56)))
            yield Stroke(at_s, (notes[place],), 1.6 * step_s, rng.uniform(*levels_db))
            at_s += step_s

    return play


def chords(shape: Sequence[int], roots: Sequence[int], step_s: float, level_db: float) -> Style:
    """Strummed chords that ring until the next one; every other is softer by 8 dB."""

    def play(duration_s: float, rng: np.random.Generator) -> Iterator[Stroke]:
        for k in range(int(duration_s / step_s)):
            root = roots[k % len(roots)]
            softer_db = 8.0 * (k % 2) + rng.uniform(0, 2)
            strings = tuple(root + interval for interval in shape)
            yield Stroke(k * step_s, strings, 1.1 * step_s, level_db - softer_db)

    return play


def palm_muted(roots: Sequence[int], step_s: float, level_db: float) -> Style:
    """Short power chords, and an open one at the end of each eight."""

    def play(duration_s: float, rng: np.random.Generator) -> Iterator[Stroke]:
        for k in range(int(duration_s / step_s)):
            root = roots[k // 8 % len(roots)]
            strings = tuple(root + interval for interval in POWER)
            ring_s = OPEN_S if k % 8 == 7 else MUTED_S
            yield Stroke(k * step_s, strings, step_s, level_db - rng.uniform(0, 3), ring_s)

    return play


# Seconds and style; the loud ones are as a hot humbucker, the soft ones as a volume control half
# turned down.
TRAINED: tuple[tuple[float, Style], ...] = (
    (12.0, lead(MINOR_PENTATONIC, 40, (-22.0, -4.0))),
    (10.0, chords(TRIAD, (40, 45, 47, 43), 1.25, -5.0)),
    (10.0, palm_muted((40, 43, 45, 41), 0.16, -8.0)),
    (8.0, lead(MAJOR, 45, (-40.0, -26.0))),
    (10.0, lead(MINOR_PENTATONIC, 28, (-14.0, -3.0), BASS)),
    (8.0, chords(POWER, (40, 42, 45, 38), 0.8, -4.0)),
    (10.0, lead(MAJOR, 43, (-12.0, -1.0))),
    (8.0, chords(SEVENTH, (45, 41, 43, 40), 2.0, -28.0)),
    (10.0, palm_muted((38, 41, 36, 43), 0.2, -5.0)),
    (10.0, chords(TRIAD, (43, 48, 50, 41), 2.5, -2.0)),
)
# Other scales, keys and rhythms than those that are trained on.
VALIDATED: tuple[tuple[float, Style], ...] = (
    (3.0, lead(HARMONIC_MINOR, 42, (-20.0, -4.0))),
    (3.0, chords(SEVENTH, (42, 47, 44), 1.0, -10.0)),
    (3.0, palm_muted((42, 39), 0.18, -7.0)),
)
TESTED: tuple[tuple[float, Style], ...] = (
    (3.0, lead(HARMONIC_MINOR, 46, (-24.0, -3.0))),
    (3.0, chords(TRIAD, (46, 44, 39, 37), 0.75, -9.0)),
    (3.0, palm_muted((44, 37), 0.15, -6.0)),
    (3.0, lead(HARMONIC_MINOR, 30, (-14.0, -4.0), BASS)),
)


def perform(
    piece: Sequence[tuple[float, Style]], samples: int, sample_rate_hz: int, seed: int
) -> Signal:
    """A piece [samples], with a peak of at most 0.8; the same on every run."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(samples)
    begin_s = 0.0
    for duration_s, style in piece:
        for stroke in style(duration_s, rng):
            _strike(sound, begin_s, stroke, sample_rate_hz, rng)
        begin_s += duration_s
    # Where strings add up beyond it, the whole is turned down, so that nothing clips.
    return sound * min(1.0, PEAK / float(np.abs(sound).max()))


def _strike(
    sound: Signal, begin_s: float, stroke: Stroke, sample_rate_hz: int, rng: np.random.Generator
) -> None:
    # Strings of a chord are as loud together as a single one, about.
    level = 10 ** (stroke.level_db / 20) / np.sqrt(len(stroke.notes))
    for k, note in enumerate(stroke.notes):
        start = round((begin_s + stroke.time_s + k * STRUM_S) * sample_rate_hz)
        string = pluck(
            pitch_hz(note), stroke.duration_s, sample_rate_hz, rng, stroke.reverberation_s
        )[: max(0, len(sound) - start)]
        sound[start : start + len(string)] += level * string
