"""Synthesized instruments: plucked strings, struck bars, drums, and a room with resonant modes.

All are [samples], float64, and the same on every run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]

# Partials of a tuned bar and of a circular membrane, relative to the lowest (Fletcher & Rossing,
# "The Physics of Musical Instruments", chapters on mallet percussion and drums).
BAR_PARTIALS = (1.0, 4.0, 10.0)
MEMBRANE_PARTIALS = (1.0, 1.594, 2.136, 2.296, 2.653)
DECAY_TO_60_DB = np.log(1000)  # time constants in a reverberation time

PLUCK_REVERBERATION_S = 1.0  # of the fundamental: palm-muted
PLUCK_SOFTENING = (0.25, 0.5, 0.25)
PLUCK_WIDTH_SAMPLES = 15  # of the string that the finger moves


@dataclass(frozen=True)
class RingingMode:
    """A room mode: how far it lifts a steady tone at `hz`, and its reverberation time."""

    hz: float
    lift_db: float
    reverberation_s: float


def pitch_hz(note: int) -> float:
    """Equal temperament, A4 (MIDI note 69) at 440 Hz."""
    return 440.0 * float(np.exp2((note - 69) / 12))


def pluck(
    pitch_hz: float,
    duration_s: float,
    sample_rate_hz: int,
    rng: np.random.Generator,
    reverberation_s: float = PLUCK_REVERBERATION_S,
) -> Signal:
    """A plucked string (Karplus & Strong 1983), computed one period at a time.

    A burst of noise circulates in a delay line with a lowpass, so high partials decay first;
    `reverberation_s` is how long the fundamental takes to decay by 60 dB.
    """
    samples = round(duration_s * sample_rate_hz)
    period = sample_rate_hz / pitch_hz
    whole, fraction = int(period), period % 1
    loss = 10 ** (-3 / (reverberation_s * pitch_hz))  # per period
    # The lowpass, and linear interpolation for the fraction of a sample. The lowpass delays by one
    # sample, so the loop itself is one sample shorter.
    taps = loss * np.convolve(PLUCK_SOFTENING, [1 - fraction, fraction])
    loop = whole - 1

    string = np.zeros(whole + 2 + samples)
    burst = rng.uniform(-1, 1, whole + PLUCK_WIDTH_SAMPLES - 1)
    finger = np.convolve(burst, np.ones(PLUCK_WIDTH_SAMPLES), mode="valid")
    string[2 : whole + 2] = finger - finger.mean()  # without DC
    for start in range(whole + 2, string.size, loop):
        turn = np.convolve(string[start - whole - 2 : start], taps, mode="valid")
        string[start : start + loop] = turn[: string.size - start]
    sound = string[string.size - samples :]
    fade = min(samples, round(0.01 * sample_rate_hz))
    sound[samples - fade :] *= np.linspace(1, 0, fade)
    return _to_full_scale(sound)


def strike_bar(pitch_hz: float, duration_s: float, sample_rate_hz: int) -> Signal:
    """A marimba bar: three partials; higher ones decay faster."""
    return _modes(
        pitch_hz * np.array(BAR_PARTIALS),
        np.array([1.0, 0.35, 0.12]),
        np.array([1.4, 0.35, 0.12]) * (440 / pitch_hz) ** 0.5,
        duration_s,
        sample_rate_hz,
    )


def strike_drum(
    pitch_hz: float, duration_s: float, sample_rate_hz: int, rng: np.random.Generator
) -> Signal:
    """A drum: a membrane's partials, falling in pitch as it relaxes, and the noise of the stick."""
    t = _time(duration_s, sample_rate_hz)
    turns = pitch_hz * (t + 0.5 * 0.03 * (1 - np.exp(-t / 0.03)))  # half as high again at first
    drum = np.zeros_like(t)
    for number, partial in enumerate(MEMBRANE_PARTIALS):
        drum += np.sin(2 * np.pi * partial * turns) * np.exp(-t * (9 + 9 * number)) / (1 + number)
    drum += 0.4 * rng.standard_normal(t.size) * np.exp(-t / 0.006)
    return _to_full_scale(drum)


def brush(duration_s: float, sample_rate_hz: int, rng: np.random.Generator) -> Signal:
    """A shaker or brushed cymbal: bright noise that swells and decays."""
    t = _time(duration_s, sample_rate_hz)
    noise = np.diff(rng.standard_normal(t.size + 1))
    return _to_full_scale(noise * t * np.exp(-t / 0.025))


def room_response(
    modes: tuple[RingingMode, ...], sample_rate_hz: int, rng: np.random.Generator
) -> Signal:
    """Impulse response of a small resonant room: direct sound, diffuse tail, modes."""
    t = _time(1.5, sample_rate_hz)
    response: Signal = 0.02 * rng.standard_normal(t.size) * np.exp(-t * DECAY_TO_60_DB / 0.35)
    response[: sample_rate_hz // 200] = 0  # first reflections after 5 ms
    response[0] = 1
    for mode in modes:
        decay_s = mode.reverberation_s / DECAY_TO_60_DB
        # A decaying sine lifts its own frequency by amplitude · decay · rate / 2.
        amplitude = 2 * (10 ** (mode.lift_db / 20) - 1) / (decay_s * sample_rate_hz)
        response += amplitude * np.cos(2 * np.pi * mode.hz * t) * np.exp(-t / decay_s)
    return response


def convolve(signal: Signal, response: Signal) -> Signal:
    """`signal` [samples] convolved with a room's response, cut to its own length; by FFT."""
    size = 1 << (signal.size + response.size - 2).bit_length()
    product = np.fft.rfft(signal, size) * np.fft.rfft(response, size)
    heard: Signal = np.fft.irfft(product, size)[: signal.size]
    return heard


def _modes(
    pitches_hz: Signal,
    amplitudes: Signal,
    reverberations_s: Signal,
    duration_s: float,
    sample_rate_hz: int,
) -> Signal:
    t = _time(duration_s, sample_rate_hz)
    sound = np.zeros_like(t)
    for hz, amplitude, fall_s in zip(pitches_hz, amplitudes, reverberations_s, strict=True):
        if hz < 0.45 * sample_rate_hz:
            sound += amplitude * np.sin(2 * np.pi * hz * t) * np.exp(-t * DECAY_TO_60_DB / fall_s)
    return _to_full_scale(sound * (1 - np.exp(-t / 0.001)))  # a soft mallet


def _to_full_scale(sound: Signal) -> Signal:
    scaled: Signal = sound / np.max(np.abs(sound))
    return scaled


def _time(duration_s: float, sample_rate_hz: int) -> Signal:
    return np.arange(round(duration_s * sample_rate_hz)) / sample_rate_hz
