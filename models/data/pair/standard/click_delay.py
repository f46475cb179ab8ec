"""The delay at the clicks of a standard recording.

The wet sound around each click is the device's response to it. Where the median response begins is
where the wet sound does; each response compared with the first one tells how far the delays differ.
A correlation of music peaks where the response is strongest, in a cabinet's after its beginning;
but what comes before that peak no causal model could answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from .....plugin_core.samples import Samples
from ..baselines import Signal

BEFORE_S, AFTER_S = 0.05, 0.08  # of each click
NOISE_S = 0.02  # at the beginning of that: nothing but the noise floor
HEARD = 4.0  # times the noise's peak
ONSET = 0.01  # of the response's peak
SAME_LEVEL = 1.6  # ratio of the peaks of clicks that are compared


@dataclass(frozen=True)
class ClickDelay:
    """By how many samples the wet sound is late, how much that differs, and its polarity, ±1.

    It was measured at `count` clicks, `span_s` from the first to the last one.
    """

    samples: int
    scatter_samples: float
    polarity: int
    count: int
    span_s: float


def click_delay(
    dry: Samples, wet: Samples, sample_rate_hz: int, clicks_s: Sequence[float], near_samples: int
) -> ClickDelay | None:
    """The delay by the loudest clicks of `dry` [samples] in `wet` [samples].

    `wet` is late by about `near_samples`, within 30 ms. `None` where no click is heard in it.
    """
    at = np.array([round(time_s * sample_rate_hz) for time_s in clicks_s])
    sent = _windows(dry, at, sample_rate_hz)
    heard = _windows(wet, at + near_samples, sample_rate_hz)
    quiet = round(NOISE_S * sample_rate_hz)
    sent_peaks, heard_peaks = np.abs(sent).max(axis=1), np.abs(heard).max(axis=1)
    noise = np.abs(heard[:, :quiet]).max(axis=1)
    # Clicks before the recording was started, or after its end, are not heard.
    used = (sent_peaks * SAME_LEVEL >= sent_peaks.max()) & (heard_peaks > HEARD * noise)
    if not used.any():
        return None
    sent, heard = sent[used], heard[used]
    signs = np.sign(sent[np.arange(len(sent)), np.abs(sent).argmax(axis=1)])[:, np.newaxis]
    sent, heard = signs * sent, signs * heard
    click, response = np.median(sent, axis=0), np.median(heard, axis=0)
    top = int(np.abs(response).argmax())
    # Both are looked for at the same share of their peaks, so noise makes neither begin later.
    level = max(ONSET, HEARD / 2 * float(np.abs(response[:quiet]).max() / abs(response[top])))
    shifts = [_shift(heard[0], b) - _shift(sent[0], a) for a, b in zip(sent, heard, strict=True)]
    return ClickDelay(
        near_samples + _onset(response, level) - _onset(click, level),
        max(shifts) - min(shifts),
        1 if response[top] > 0 else -1,
        len(sent),
        float(np.ptp(at[used])) / sample_rate_hz,
    )


def _windows(audio: Samples, at: NDArray[np.int64], sample_rate_hz: int) -> Signal:
    """The sound around each place [places, samples], silent beyond the ends of the file."""
    before, after = round(BEFORE_S * sample_rate_hz), round(AFTER_S * sample_rate_hz)
    found = np.zeros((len(at), before + after))
    for window, place in zip(found, at, strict=True):
        first, last = max(0, place - before), min(len(audio), place + after)
        if first < last:
            window[first - place + before : last - place + before] = audio[first:last]
    return found


def _onset(response: Signal, level: float) -> int:
    """The first sample above `level`, a share of the peak."""
    size = np.abs(response)
    return int((size >= level * size.max()).argmax())


def _shift(first: Signal, response: Signal) -> float:
    """How many samples later than `first` the other response is, by their correlation, fractional.

    Differences from sample to sample are compared, in which hum is weak.
    """
    first, response = np.diff(first), np.diff(response)
    size = fft.next_fast_len(2 * len(first), real=True)
    lags = fft.irfft(np.conj(fft.rfft(first, size)) * fft.rfft(response, size), size)
    top = int(lags.argmax())
    left, middle, right = (float(lags[(top + k) % size]) for k in (-1, 0, 1))
    curvature = left - 2 * middle + right
    fraction = 0.5 * (left - right) / curvature if curvature < 0 else 0.0
    return (top if top < size // 2 else top - size) + fraction
