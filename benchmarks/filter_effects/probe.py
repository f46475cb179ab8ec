"""What an effect does to one frequency at each instant, while it listens to something else.

Both resonance equalizers do the same to all channels, after what all of them play together. So one
channel plays a sound, and the other a sine so quiet that it does not count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import filtfilt, get_window, lfilter

from ...plugin_core import Effect
from ..quality.material import Audio, peaking, white_noise

RATE_HZ = 48_000
PROBE = 10 ** (-70 / 20)  # the noise is at −20 dBFS
SETTLING_S = 3.0
MEASURED_S = 4.0
DEMODULATION_HZ = 100.0
HIT_WINDOW_S = 0.02


def probed(effect: Effect, sound: Audio, frequency_hz: float) -> NDArray[np.float64]:
    """What comes out of a sine of amplitude 1 [samples] while `sound` [1, samples] is played."""
    at_s = np.arange(sound.shape[1]) / RATE_HZ
    sine = (PROBE * np.sin(2 * np.pi * frequency_hz * at_s)).astype(np.float32)
    out = effect(np.concatenate([sound, sine[None]]), RATE_HZ)
    return np.asarray(out[1], np.float64) / PROBE


def demodulated(out: NDArray[np.float64], frequency_hz: float) -> NDArray[np.complex128]:
    """Complex gain at each sample of what a sine became."""
    at_s = np.arange(len(out)) / RATE_HZ
    turned = 2j * out * np.exp(-2j * np.pi * frequency_hz * at_s)
    keep = np.exp(-2 * np.pi * DEMODULATION_HZ / RATE_HZ)
    smooth: NDArray[np.complex128] = filtfilt([1 - keep], [1, -keep], turned)
    return smooth


def ringing(sound: Audio, frequency_hz: float) -> Audio:
    """With a resonance of +12 dB, Q 20."""
    return peaking(sound, RATE_HZ, frequency_hz, gain_db=12, q=20)


@dataclass(frozen=True)
class SteadyGain:
    """What an effect does at a steady resonance."""

    cut_db: float
    group_delay_ms: float
    mix_error_db: float  # half of it, half dry, beside what that would be without any phase


def steady_gain(effect: Effect, frequency_hz: float) -> SteadyGain:
    """Measure at the resonance and, for phases, at the edges of its bandwidth."""
    sound = ringing(white_noise(SETTLING_S + MEASURED_S, RATE_HZ)[:1], frequency_hz)
    steady = slice(round(SETTLING_S * RATE_HZ), -RATE_HZ // 4)
    half_width_hz = frequency_hz / 40
    below, at, above = (
        complex(np.mean(demodulated(probed(effect, sound, hz), hz)[steady]))
        for hz in (frequency_hz - half_width_hz, frequency_hz, frequency_hz + half_width_hz)
    )
    delay_s = -np.angle(above / below) / (2 * np.pi * 2 * half_width_hz)
    mixed_db = [20 * np.log10(abs(1 + gain) / (1 + abs(gain))) for gain in (below, at, above)]
    return SteadyGain(-20 * float(np.log10(abs(at))), 1000 * delay_s, float(min(mixed_db)))


def response_ms(effect: Effect, frequency_hz: float) -> float:
    """From when a resonance appears in steady noise until half of its cut, in dB, is heard.

    The latency counts: it is heard by so much later.
    """
    clean = white_noise(SETTLING_S + MEASURED_S, RATE_HZ)[:1]
    appears = round(SETTLING_S * RATE_HZ)
    sound = np.hstack([clean[:, :appears], ringing(clean, frequency_hz)[:, appears:]])
    gain = demodulated(probed(effect, sound, frequency_hz), frequency_hz)
    cut_db = -20 * np.log10(np.abs(gain) + 1e-9)
    before, after = (
        float(np.median(cut_db[span]))
        for span in (
            slice(appears - RATE_HZ, appears - RATE_HZ // 20),
            slice(-2 * RATE_HZ, -RATE_HZ // 4),
        )
    )
    half = int(np.argmax(cut_db[appears:] > (before + after) / 2))
    return 1000 * (half + effect.latency_samples(RATE_HZ)) / RATE_HZ


def sidebands_dbc(effect: Effect) -> tuple[float, float]:
    """What a sine at 1 kHz gets when a resonance at 1.2 kHz comes and goes four times a second.

    Beside the sine, up to 50 Hz away, and beyond, up to 500 Hz.
    """
    seconds = SETTLING_S + MEASURED_S
    clean = white_noise(seconds, RATE_HZ)[:1]
    rings = np.floor(8 * np.arange(clean.shape[1]) / RATE_HZ) % 2 == 1
    out = probed(effect, np.where(rings, ringing(clean, 1200), clean).astype(np.float32), 1000)
    steady = out[round(SETTLING_S * RATE_HZ) :][: round((MEASURED_S - 0.25) * RATE_HZ)]
    power = np.abs(np.fft.rfft(steady * get_window("blackmanharris", len(steady)))) ** 2
    away_hz = np.abs(np.fft.rfftfreq(len(steady), 1 / RATE_HZ) - 1000)
    carrier = power[away_hz < 1.5].sum()
    near = power[(away_hz >= 1.5) & (away_hz <= 50)].sum()
    far = power[(away_hz > 50) & (away_hz <= 500)].sum()
    return float(10 * np.log10(near / carrier)), float(10 * np.log10(far / carrier))


def pre_echo_db(effect: Effect) -> float:
    """What a hit changes in the 20 ms before it, over what it changes in the 20 ms after it.

    The hit rings at 1 kHz for a tenth of a second, in pink-like noise 40 dB below it.
    """
    noise = lfilter([1.0], [1.0, -0.9], white_noise(3.0, RATE_HZ)[:1]).astype(np.float32) * 0.01
    hit_at, window = 2 * RATE_HZ, round(HIT_WINDOW_S * RATE_HZ)
    since_s = np.arange(noise.shape[1] - hit_at) / RATE_HZ
    hit = 0.5 * np.exp(-since_s / 0.1) * np.sin(2 * np.pi * 1000 * since_s)
    with_hit = noise.copy()
    with_hit[0, hit_at:] += hit.astype(np.float32)
    changed = np.asarray(effect(with_hit, RATE_HZ), np.float64) - effect(noise, RATE_HZ)
    before = np.sum(changed[0, hit_at - window : hit_at] ** 2)
    after = np.sum(changed[0, hit_at : hit_at + window] ** 2)
    return float(10 * np.log10(max(before / after, 1e-20)))
