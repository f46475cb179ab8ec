"""Synthesized mixes: strings, bars, drums and brushes in layers, with pink noise.

They differ in density, level of noise, and colour, as recordings do.
"""

from __future__ import annotations

import numpy as np

from ...plugin_core import synthesizer
from .mastering import Mix, mastered

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 3, 5, 7, 10))
LAYERS = (2, 4)
NOISE_DB = (-25.0, -3.0)  # relative to the music


def synthetic_mix(seed: int, seconds: float, sample_rate_hz: int) -> Mix:
    """The mix of a seed [2, samples], the same on every run."""
    rng = np.random.default_rng([seed, 2])
    layers = rng.integers(LAYERS[0], LAYERS[1], endpoint=True)
    music = np.sum([_piece(seed, i, seconds, sample_rate_hz) for i in range(layers)], axis=0)
    return mastered(music, NOISE_DB, sample_rate_hz, rng)


def _piece(seed: int, layer: int, seconds: float, sample_rate_hz: int) -> Mix:
    """A piece [2, samples] with its own key, tempo and instruments."""
    rng = np.random.default_rng([seed, 1, layer])
    mix = np.zeros((2, round(seconds * sample_rate_hz)))
    scale = SCALES[rng.integers(len(SCALES))]
    key = int(rng.integers(36, 48))
    step_s = float(rng.uniform(0.18, 0.35))
    level = {part: float(rng.uniform(0.2, 1)) for part in ("strings", "bars", "drums", "brushes")}
    # A piece may lack any part but the strings.
    silent = rng.choice(["bars", "drums", "brushes", "none"], 2)
    voices = int(rng.integers(1, 4))
    drum_hz = float(rng.uniform(50, 110))
    for step in range(int(seconds / step_s)):
        at_s = step * step_s
        if rng.random() < 0.6:
            for _ in range(voices):
                note = _note(key + 12 * int(rng.integers(0, 3)), scale, rng)
                string = synthesizer.pluck(synthesizer.pitch_hz(note), 1.5, sample_rate_hz, rng)
                pan_into(mix, level["strings"] * string / voices, at_s, sample_rate_hz, rng)
        if "bars" not in silent and rng.random() < 0.4:
            note = _note(key + 24 + 12 * int(rng.integers(0, 2)), scale, rng)
            bar = synthesizer.strike_bar(synthesizer.pitch_hz(note), 1.2, sample_rate_hz)
            pan_into(mix, level["bars"] * bar, at_s, sample_rate_hz, rng)
        if "drums" not in silent and step % 4 == 0:
            drum = synthesizer.strike_drum(drum_hz, 0.5, sample_rate_hz, rng)
            pan_into(mix, level["drums"] * drum, at_s, sample_rate_hz, rng)
        if "brushes" not in silent and step % 2:
            brush = synthesizer.brush(0.2, sample_rate_hz, rng)
            pan_into(mix, 0.5 * level["brushes"] * brush, at_s, sample_rate_hz, rng)
    return mix


def _note(root: int, scale: tuple[int, ...], rng: np.random.Generator) -> int:
    return root + scale[rng.integers(len(scale))]


def pan_into(
    mix: Mix, sound: synthesizer.Signal, at_s: float, sample_rate_hz: int, rng: np.random.Generator
) -> None:
    """Add `sound` [samples] to `mix` [2, samples] from `at_s` on, at a random position."""
    start = round(at_s * sample_rate_hz)
    heard = sound[: mix.shape[1] - start]
    angle = rng.uniform(0.2, 0.8) * np.pi / 2
    mix[:, start : start + heard.size] += np.outer([np.cos(angle), np.sin(angle)], heard)
