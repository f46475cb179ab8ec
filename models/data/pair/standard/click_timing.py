"""The delay of a pair by the clicks of its dry sound: to the sample, where they agree.

The wet sound around each click is the device's response to it. The median of all responses is
compared with each of them, which tells how far they are apart, to a fraction of a sample; where the
median begins is where the wet sound does. A correlation peaks where the response is strongest, in a
cabinet's after its beginning; but what comes before that peak no causal model could answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import fft

from .....plugin_core.samples import Samples
from ..baselines import Signal
from ..timing.alignment import MIN_DRIFT_SAMPLES, Timing
from ..timing.search import search

BEFORE_S, AFTER_S = 0.03, 0.08  # of each click; the longest drift is within it
NOISE_S = 0.02  # at its beginning: nothing but the noise floor
HEARD = 4.0  # times the noise's peak
LOST = 0.25  # of the usual response's peak: the recording was stopped, or the cable fell out
ONSET = 0.05  # of the response's peak
SAME_LEVEL = 1.6  # ratio of the peaks of clicks that are compared


@dataclass(frozen=True)
class ClickDelays:
    """Delay of the wet sound at each click, fractional, and the polarity, +1 or −1."""

    times_s: Sequence[float]
    samples: Sequence[float]
    polarity: int

    @property
    def scatter_samples(self) -> float:
        """The largest difference between two clicks."""
        return float(max(self.samples) - min(self.samples))

    @property
    def timing(self) -> Timing | None:
        """The timing of the pair; `None` where the clicks differ by a sample or more."""
        if self.scatter_samples >= MIN_DRIFT_SAMPLES:
            return None
        delay = float(np.median(self.samples))
        return Timing(delay, delay, self.polarity)

    def ends(self) -> tuple[list[float], list[float]]:
        """The delays at clicks in the first and in the second half of the sound."""
        middle_s = (self.times_s[0] + self.times_s[-1]) / 2
        pairs = list(zip(self.times_s, self.samples, strict=True))
        return (
            [delay for time_s, delay in pairs if time_s <= middle_s],
            [delay for time_s, delay in pairs if time_s > middle_s],
        )


def click_delays(
    dry: Samples, wet: Samples, sample_rate_hz: int, clicks_s: Sequence[float]
) -> ClickDelays | None:
    """Delays at the loudest clicks of `dry` [samples], wherever in `wet` [samples] they are.

    `None` where the wet sound does not answer them.
    """
    places = search(dry, wet, sample_rate_hz)
    if not places:
        return None
    near = round(max(places, key=lambda place: place.votes).delay_s * sample_rate_hz)
    sent = _windows(dry, [round(s * sample_rate_hz) for s in clicks_s], sample_rate_hz)
    peaks = np.abs(sent).max(axis=1)
    loudest = np.flatnonzero(peaks * SAME_LEVEL >= peaks.max())
    times_s = [clicks_s[k] for k in loudest]
    sent = sent[loudest]
    signs = np.sign(sent[np.arange(len(sent)), np.abs(sent).argmax(axis=1)])[:, np.newaxis]
    at = [round(s * sample_rate_hz) + near for s in times_s]
    heard = _windows(wet, at, sample_rate_hz)
    sent, heard = signs * sent, signs * heard
    click, response = np.median(sent, axis=0), np.median(heard, axis=0)
    noise = np.abs(response[: round(NOISE_S * sample_rate_hz)]).max()
    least = max(HEARD * noise, LOST * np.abs(response).max())
    answered = np.flatnonzero(np.abs(heard).max(axis=1) > least)
    if np.abs(response).max() <= HEARD * noise or 2 * len(answered) <= len(heard):
        return None
    base = near + _onset(response, noise) - _onset(click, 0.0)
    shifts = [_shift(response, heard[k]) - _shift(click, sent[k]) for k in answered]
    polarity = 1 if response[np.abs(response).argmax()] > 0 else -1
    return ClickDelays([times_s[k] for k in answered], [base + shift for shift in shifts], polarity)


def _windows(audio: Samples, at: Sequence[int], sample_rate_hz: int) -> Signal:
    """The sound around each place [places, samples], silent beyond the ends of the file."""
    before, after = round(BEFORE_S * sample_rate_hz), round(AFTER_S * sample_rate_hz)
    found = np.zeros((len(at), before + after))
    for window, place in zip(found, at, strict=True):
        first, last = max(0, place - before), min(len(audio), place + after)
        if first < last:
            window[first - place + before : last - place + before] = audio[first:last]
    return found


def _onset(response: Signal, noise: float) -> int:
    least = max(ONSET * float(np.abs(response).max()), HEARD / 2 * noise)
    return int(np.flatnonzero(np.abs(response) >= least)[0])


def _shift(template: Signal, response: Signal) -> float:
    """How many samples later `response` is, by their correlation, fractional."""
    size = fft.next_fast_len(2 * len(template), real=True)
    lags = fft.irfft(np.conj(fft.rfft(template, size)) * fft.rfft(response, size), size)
    top = int(lags.argmax())
    left, middle, right = (float(lags[(top + k) % size]) for k in (-1, 0, 1))
    curvature = left - 2 * middle + right
    fraction = 0.5 * (left - right) / curvature if curvature < 0 else 0.0
    return (top if top < size // 2 else top - size) + fraction
