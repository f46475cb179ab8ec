"""Delay and polarity of a section of the wet sound.

Generalised cross-correlation (Knapp and Carter 1976): the cross spectrum is whitened before the
inverse transform. That gives one sharp peak at the delay, where the ordinary correlation of a tone,
or of a device with strong filters, has many, often with the highest elsewhere. The sign of the peak
is the polarity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from .....plugin_core.samples import Samples

WHITENING_FLOOR = 1e-3  # of the strongest bin: below it, bins are taken for noise
SECTION_S = 6.0
AUDIBLE = 0.01  # of the loudest sample of all
CLEAR = 1.25  # a peak with a lower ratio to the next one says nothing
EQUAL = 0.85  # of the highest peak: one as good, where music repeats itself
NEAR_S = 0.02  # of the delay that is expected
PEAK_S = 0.001  # the rest of the same peak


@dataclass(frozen=True)
class Delay:
    """Delay of a section of the wet sound around `time_s` of the dry one.

    `samples` is fractional, and negative where the wet sound is early; `polarity` is +1 or −1;
    `clearness` is the ratio of the peak's height to that of the next one.
    """

    time_s: float
    samples: float
    polarity: int
    clearness: float

    @property
    def is_clear(self) -> bool:
        """Whether the section says anything."""
        return self.clearness >= CLEAR


def section_samples(samples: int, sample_rate_hz: float) -> int:
    """Length of the sections of a sound of `samples`: 6 s, or a quarter of it if that is less."""
    return min(round(SECTION_S * sample_rate_hz), samples // 4)


def audible(section: Samples, loudest: float) -> bool:
    """Whether a section [samples] is within 40 dB of the sound's `loudest` sample."""
    return bool(np.abs(section).max() >= AUDIBLE * loudest > 0)


def measure_delay(
    dry: Samples, wet: Samples, sample_rate_hz: int, start: int, section: int, expected: int
) -> Delay:
    """Delay of the `section` samples of `dry` from `start` on, within 1 s of `expected` samples.

    Both sounds are [samples] of any length. Of peaks that are as high, the one nearest to the
    expected delay counts.
    """
    longest = sample_rate_hz
    begin = start + expected - longest
    end = begin + section + 2 * longest
    window = wet[max(0, begin) : max(0, end)]
    before = min(max(0, -begin), end - begin)
    window = np.pad(window, (before, end - begin - before - len(window)))
    near = _correlation(dry[start : start + section], window)
    height = np.abs(near)
    top = _peak(height, longest, round(PEAK_S * sample_rate_hz))
    polarity = 1 if near[top] > 0 else -1
    return Delay(
        (start + section / 2) / sample_rate_hz,
        expected + top - longest + _fraction(height, top),
        polarity,
        _clearness(height, top, longest, sample_rate_hz),
    )


def _correlation(section: Samples, window: Samples) -> NDArray[np.float32]:
    """The whitened correlation at all lags where `window` holds all of `section`."""
    size = fft.next_fast_len(len(window), real=True)
    cross = np.conj(fft.rfft(section, size)) * fft.rfft(window, size)
    magnitude = np.abs(cross)
    cross /= magnitude + WHITENING_FLOOR * magnitude.max() + 1e-30
    return np.asarray(fft.irfft(cross, size)[: len(window) - len(section) + 1])


def _peak(height: NDArray[np.float32], expected: int, apart: int) -> int:
    equals = np.flatnonzero(height >= EQUAL * height.max())
    nearest = int(equals[np.abs(equals - expected).argmin()])
    begin = max(0, nearest - apart)
    return begin + int(height[begin : nearest + apart + 1].argmax())


def _clearness(height: NDArray[np.float32], top: int, expected: int, sample_rate_hz: int) -> float:
    """Ratio of the peak to the next one; where music repeats itself, to the next one near by.

    That counts half, and only where the delay is the expected one.
    """
    apart, near = round(PEAK_S * sample_rate_hz), round(NEAR_S * sample_rate_hz)

    def ratio(within: int) -> float:
        before = height[max(0, top - within) : max(0, top - apart)]
        after = height[top + apart + 1 : top + within + 1]
        next_one = max(float(before.max(initial=1e-30)), float(after.max(initial=1e-30)))
        return float(height[top]) / next_one

    everywhere = ratio(len(height))
    return max(everywhere, ratio(near) / 2) if abs(top - expected) <= near else everywhere


def _fraction(height: NDArray[np.float32], top: int) -> float:
    """Where the parabola through the highest sample and its neighbours peaks, −½ … ½."""
    if not 0 < top < len(height) - 1:
        return 0.0
    left, middle, right = (float(height[top + k]) for k in (-1, 0, 1))
    curvature = left - 2 * middle + right
    return 0.5 * (left - right) / curvature if curvature < 0 else 0.0
