"""The measuring signals of the protocol: clicks, tone steps, sweeps and noise.

All are [samples], float64, full scale ±1.
"""

from __future__ import annotations

import numpy as np

from ....plugin_core.synthesizer import Signal

# The middle of the click, and what lies on both sides: a Hann window of five samples. It has no
# energy near half the sample rate, so it keeps its shape when the recording is resampled.
CLICK = (0.25, 0.75, 1.0, 0.75, 0.25)
FADE_S = 0.02
PINK_BELOW_HZ = 200.0


def add_click(sound: Signal, at_samples: int, level: float) -> None:
    """Add a click to `sound`, its peak at `at_samples`."""
    half = len(CLICK) // 2
    sound[at_samples - half : at_samples + half + 1] += level * np.array(CLICK)


def tone(hz: float, level_db: float, samples: int, sample_rate_hz: int) -> Signal:
    """A sine with a peak of `level_db`, faded in and out."""
    t = np.arange(samples) / sample_rate_hz
    sine: Signal = 10 ** (level_db / 20) * np.sin(2 * np.pi * hz * t)
    return faded(sine, sample_rate_hz)


def sweep(hz: tuple[float, float], level_db: float, samples: int, sample_rate_hz: int) -> Signal:
    """An exponential sine sweep (Farina 2000): each octave lasts equally long."""
    first_hz, last_hz = hz
    t = np.arange(samples) / sample_rate_hz
    rate = np.log(last_hz / first_hz) / (samples / sample_rate_hz)
    phase = 2 * np.pi * first_hz * np.expm1(rate * t) / rate
    return faded(10 ** (level_db / 20) * np.sin(phase), sample_rate_hz)


def noise(level_db: float, samples: int, sample_rate_hz: int, rng: np.random.Generator) -> Signal:
    """Noise with an RMS of `level_db`: half white, half falling by 6 dB an octave from 200 Hz.

    Instruments have less treble than bass, but devices react to both.
    """
    white = rng.standard_normal(samples)
    decay = np.exp(-2 * np.pi * PINK_BELOW_HZ / sample_rate_hz)
    taps = decay ** np.arange(round(-np.log(1e-4) / -np.log(decay)))
    dark = np.convolve(rng.standard_normal(samples), taps)[:samples]
    mixed = white / white.std() + dark / dark.std()
    # Peaks beyond full scale would be clipped by the converter, and taken for the device's work.
    loudest = 0.9 / np.abs(mixed).max()
    return faded(min(10 ** (level_db / 20) / mixed.std(), loudest) * mixed, sample_rate_hz)


def faded(sound: Signal, sample_rate_hz: int) -> Signal:
    """`sound` with 20 ms of fade at both ends."""
    samples = round(FADE_S * sample_rate_hz)
    ramp = np.sin(np.linspace(0, np.pi / 2, samples)) ** 2
    sound = sound.copy()
    sound[:samples] *= ramp
    sound[-samples:] *= ramp[::-1]
    return sound
