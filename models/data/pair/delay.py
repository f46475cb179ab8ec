"""Delay and polarity of the wet sound.

Generalised cross-correlation (Knapp and Carter 1976): the cross spectrum is whitened before the
inverse transform. That gives one sharp peak at the delay, where the ordinary correlation of a tone,
or of a device with strong filters, has many, often with the highest elsewhere. The sign of the peak
is the polarity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft

from ....plugin_core.samples import Samples

MAX_DELAY_S = 1.0
WHITENING_FLOOR = 1e-3  # of the strongest bin: below it, bins are taken for noise
SECTION_S = 6.0
SECTIONS = 12


@dataclass(frozen=True)
class Delay:
    """Delay of a section of the wet sound around `time_s`.

    `samples` is fractional, and negative where the wet sound is early; `polarity` is +1 or −1;
    `clearness` is the ratio of the peak's height to that of the next one.
    """

    time_s: float
    samples: float
    polarity: int
    clearness: float


def measure_delay(dry: Samples, wet: Samples, sample_rate_hz: int, longest_s: float) -> Delay:
    """Delay of `wet` against `dry` [samples each], up to ±`longest_s`."""
    longest = min(round(longest_s * sample_rate_hz), len(dry) - 1)
    size = fft.next_fast_len(len(dry) + len(wet) + longest, real=True)
    cross = np.conj(fft.rfft(dry, size)) * fft.rfft(wet, size)
    magnitude = np.abs(cross)
    whitened = cross / (magnitude + WHITENING_FLOOR * magnitude.max() + 1e-30)
    correlation = fft.irfft(whitened, size)
    near = np.concatenate([correlation[-longest:], correlation[: longest + 1]])
    height = np.abs(near)
    top = int(height.argmax())
    apart = max(1, sample_rate_hz // 1000)  # a millisecond: the rest of the same peak
    others = np.concatenate([height[: max(0, top - apart)], height[top + apart + 1 :]])
    clearness = float(height[top] / others.max(initial=1e-30))
    polarity = 1 if near[top] > 0 else -1
    middle_s = len(dry) / 2 / sample_rate_hz
    return Delay(middle_s, top - longest + _fraction(height, top), polarity, clearness)


def measure_sections(dry: Samples, wet: Samples, sample_rate_hz: int) -> list[Delay]:
    """Delays of up to twelve sections of a pair [samples each], in order of time.

    Sections last 6 s, or a quarter of the sound if that is less. Quiet ones are left out.
    """
    length = min(len(dry), len(wet))
    longest = round(MAX_DELAY_S * sample_rate_hz)
    section = min(round(SECTION_S * sample_rate_hz), length // 4)
    loudest = np.abs(dry).max()
    found = []
    for start in np.linspace(0, length - section, SECTIONS if section > 0 else 0).astype(int):
        begin, end = max(0, start - longest), min(length, start + section + longest)
        part = dry[start : start + section]
        if np.abs(part).max() < 0.01 * loudest:
            continue
        # The wet section is longer by the largest delay on both sides.
        one = measure_delay(
            np.pad(part, (start - begin, end - start - section)),
            wet[begin:end],
            sample_rate_hz,
            MAX_DELAY_S,
        )
        middle_s = (start + section / 2) / sample_rate_hz
        found.append(Delay(float(middle_s), one.samples, one.polarity, one.clearness))
    return found


def _fraction(height: np.ndarray, top: int) -> float:
    """Where the parabola through the highest sample and its neighbours peaks, −½ … ½."""
    if not 0 < top < len(height) - 1:
        return 0.0
    left, middle, right = (float(height[top + k]) for k in (-1, 0, 1))
    curvature = left - 2 * middle + right
    return 0.5 * (left - right) / curvature if curvature < 0 else 0.0
