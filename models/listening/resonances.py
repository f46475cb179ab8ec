"""Known resonances to add to clean sound: a few peaking filters, drawn at random.

Each of four presets has the ranges of resonances of one origin; a recording gets one or two of
them. Frequencies and Q are log-uniform, gains uniform.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

Audio = NDArray[np.float32]


@dataclass(frozen=True)
class Resonance:
    """A peaking filter, after Bristow-Johnson's Audio EQ Cookbook."""

    frequency_hz: float
    q: float
    gain_db: float


@dataclass(frozen=True)
class Preset:
    """Ranges that resonances of one origin come from."""

    count: tuple[int, int]
    frequency_hz: tuple[float, float]
    q: tuple[float, float]
    gain_db: tuple[float, float]


PRESETS = {
    "room": Preset((2, 5), (100, 500), (15, 40), (8, 18)),
    "body": Preset((2, 4), (120, 1200), (8, 25), (8, 18)),
    "pickup": Preset((1, 2), (1500, 5000), (6, 15), (8, 18)),
    "harsh": Preset((2, 5), (700, 7000), (12, 40), (8, 20)),
}


def draw(ranges: Preset, rng: np.random.Generator, severity: float = 1.0) -> tuple[Resonance, ...]:
    """Draw resonances from the ranges of a preset; `severity` scales their gains in dB."""
    count = int(rng.integers(ranges.count[0], ranges.count[1] + 1))
    return tuple(
        Resonance(
            _log_uniform(ranges.frequency_hz, rng),
            _log_uniform(ranges.q, rng),
            severity * float(rng.uniform(*ranges.gain_db)),
        )
        for _ in range(count)
    )


def add(
    audio: NDArray[np.floating], resonances: tuple[Resonance, ...], sample_rate_hz: int
) -> Audio:
    """`audio` [channels, samples] with all `resonances`, the same in all channels."""
    if not resonances:
        return audio
    sections = np.array([_peaking(resonance, sample_rate_hz) for resonance in resonances])
    return np.asarray(sosfilt(sections, audio.astype(np.float64), axis=-1), np.float32)


def _log_uniform(limits: tuple[float, float], rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(*np.log(limits))))


def _peaking(resonance: Resonance, sample_rate_hz: int) -> NDArray[np.float64]:
    amplitude = 10 ** (resonance.gain_db / 40)
    omega = 2 * np.pi * resonance.frequency_hz / sample_rate_hz
    alpha = np.sin(omega) / (2 * resonance.q)
    middle = -2 * np.cos(omega)
    zeros = np.array([1 + alpha * amplitude, middle, 1 - alpha * amplitude])
    poles = np.array([1 + alpha / amplitude, middle, 1 - alpha / amplitude])
    return np.asarray(np.concatenate([zeros, poles]) / poles[0])
