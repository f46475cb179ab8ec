"""A phrase on synthesized instruments in a resonant room, and what the effect does to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import synthesizer
from .atomic_write import atomic_write, check_new
from .audio_files.files import whole_file
from .effects.effect import Effect
from .plots.comparison import plot_comparison
from .samples import Samples
from .synthesizer import RingingMode, Signal

EFFECT = "resonance-eq"
ATTENUATION = 0.7
SAMPLE_RATE_HZ = 48000
DURATION_S = 8.0
BEAT_S = 0.5
SEED = 2018
PEAK = 0.7  # linear, full scale = 1

# Between the notes' frequencies, so that the modes are resonances and not the notes themselves.
ROOM_MODES = (
    RingingMode(233.0, lift_db=24, reverberation_s=1.0),
    RingingMode(612.0, lift_db=30, reverberation_s=1.2),
    RingingMode(1490.0, lift_db=34, reverberation_s=1.3),
    RingingMode(3170.0, lift_db=35, reverberation_s=1.2),
)

# A row for each bar, in eighths, as MIDI note numbers, 0 being a rest: A minor, F, C and G major.
ARPEGGIOS = (
    (45, 0, 57, 60, 64, 0, 57, 0),
    (41, 0, 53, 57, 60, 0, 53, 0),
    (48, 0, 55, 60, 64, 0, 55, 0),
    (43, 0, 55, 59, 62, 0, 0, 0),
)
# Bars struck: beat, note.
MELODY = (
    (0.0, 76), (1.5, 74), (2.0, 72), (3.0, 69),
    (4.0, 72), (5.5, 74), (6.0, 69), (7.0, 65),
    (8.0, 67), (9.5, 72), (10.0, 76), (11.0, 79),
    (12.0, 74), (12.5, 71), (13.0, 67), (14.0, 76),
)  # fmt: skip
DRUM_BEATS = (0.0, 2.0, 3.5, 4.0, 6.0, 7.5, 8.0, 10.0, 11.5, 12.0, 14.0)
LAST_BRUSH_BEAT = 13.5


def render_demo(folder: Path, overwrite: bool = True) -> Iterator[str]:
    """Write before.wav, after.wav, removed.wav and spectrogram.png; yield a line for each.

    Raise tonecast.Error where one of them is there and may not be replaced.
    """
    for name in ("before.wav", "after.wav", "removed.wav", "spectrogram.png"):
        check_new(folder / name, overwrite)
    folder.mkdir(parents=True, exist_ok=True)
    before = play_phrase()
    effect = Effect(EFFECT, attenuation=ATTENUATION)
    after = effect(before, SAMPLE_RATE_HZ)
    effect.delta = True
    removed = effect(before, SAMPLE_RATE_HZ)

    yield from (
        _write(folder / "before.wav", before, "a phrase in a resonant room"),
        _write(folder / "after.wav", after, f"through {EFFECT}, attenuation {ATTENUATION:g}"),
        _write(folder / "removed.wav", removed, "what the effect removed"),
    )
    picture = folder / "spectrogram.png"
    with atomic_write(picture) as draft:
        plot_comparison(
            before,
            after,
            SAMPLE_RATE_HZ,
            title=f"{effect.contract.label}, attenuation {ATTENUATION:g}",
            marks_hz=[mode.hz for mode in ROOM_MODES],
            path=draft,
        )
    yield f"{picture}: before, after, and the attenuation curve"


def play_phrase() -> Samples:
    """The phrase in the room, [2, samples], the same on every run."""
    rng = np.random.default_rng(SEED)
    dry = np.zeros((2, round(DURATION_S * SAMPLE_RATE_HZ)))
    for bar, notes in enumerate(ARPEGGIOS):
        for step, note in enumerate(notes):
            if note == 0:
                continue
            string = synthesizer.pluck(synthesizer.pitch_hz(note), 2.0, SAMPLE_RATE_HZ, rng)
            level = 0.42 if step % 4 == 0 else 0.3
            _add(dry, string * level, (4 * bar + 0.5 * step) * BEAT_S, pan=-0.4)
    for beat, note in MELODY:
        tone = synthesizer.strike_bar(synthesizer.pitch_hz(note), 1.5, SAMPLE_RATE_HZ)
        _add(dry, 0.3 * tone, beat * BEAT_S, pan=0.4)
    for beat in DRUM_BEATS:
        drum = synthesizer.strike_drum(62.0, 0.5, SAMPLE_RATE_HZ, rng)
        _add(dry, 0.6 * drum, beat * BEAT_S, pan=0.0)
    for beat in np.arange(0.5, LAST_BRUSH_BEAT + 0.5):
        stroke = synthesizer.brush(0.2, SAMPLE_RATE_HZ, rng)
        _add(dry, 0.12 * stroke, beat * BEAT_S, pan=0.2)
    # The channels have different echoes and the same modes.
    wet = np.stack(
        [
            synthesizer.convolve(
                channel, synthesizer.room_response(ROOM_MODES, SAMPLE_RATE_HZ, rng)
            )
            for channel in dry
        ]
    )
    fade = np.minimum(1, np.arange(wet.shape[1], 0, -1) / (0.3 * SAMPLE_RATE_HZ))
    wet *= fade * PEAK / np.max(np.abs(wet))
    return wet.astype(np.float32)


def _add(mix: NDArray[np.float64], sound: Signal, start_s: float, pan: float) -> None:
    """Add a sound at a time; `pan` from −1 (left) to 1 (right), at constant power."""
    start = round(start_s * SAMPLE_RATE_HZ)
    heard = sound[: mix.shape[1] - start]
    angle = (pan + 1) * np.pi / 4
    mix[:, start : start + heard.size] += np.outer([np.cos(angle), np.sin(angle)], heard)


def _write(path: Path, audio: Samples, what: str) -> str:
    with whole_file(path, SAMPLE_RATE_HZ, audio.shape[0], bit_depth=24) as sink:
        sink.write(audio)
    return f"{path}: {what}"
