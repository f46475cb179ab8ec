"""Where in the whole wet sound a section of the dry one is.

The ends of the files say nothing about the delay: a recorder may have been started minutes before.
So sections of the dry sound are looked for in all of the wet one, at about 8 kHz, where 20 minutes
fit into one transform. Music repeats itself, and a loop does so exactly: a section votes for each
place where it fits, and the delay that most sections agree on is taken.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import uniform_filter1d
from scipy.signal import resample_poly

from .....plugin_core.samples import Samples
from ..levels import audible_span
from .delay import SECTION_S, WHITENING_FLOOR, audible, section_samples

SEARCH_RATE_HZ = 8000
SECTIONS = 12
# A spectrum whitened bin by bin tells a sound from its echo; one of a loop is lines with nothing
# between them, and has to be smoothed.
SMOOTHING_HZ = (0.0, 5.0)
PLACES = 8  # at most, where one section fits
FITS = 0.7  # of the height of the section's highest peak
PEAK_S = 0.002
AGREED_S = 0.005
DRIFT_PPM = 200.0  # that may be between two sections that agree
MIN_SHARE = 0.25  # of all sections' votes
MIN_ALIKE = 1.75  # times the sections that share a moment, and agree on whatever it sounds like


@dataclass(frozen=True)
class Place:
    """A delay, in seconds, at which the section around `time_s` fits; votes from 0 to 1."""

    time_s: float
    delay_s: float
    votes: float


def search(dry: Samples, wet: Samples, sample_rate_hz: int) -> list[Place]:
    """Up to twelve delays along `dry`, of any length [samples each]; none where nothing fits.

    `votes` of a place are then those of all sections for it.
    """
    step = max(1, sample_rate_hz // SEARCH_RATE_HZ)
    coarse_dry, coarse_wet = (_decimated(sound, step) for sound in (dry, wet))
    if len(coarse_dry) == 0 or not coarse_dry.any():
        return []
    begin, end = audible_span(coarse_dry)  # silence before the music has no places
    begin_s = begin * step / sample_rate_hz
    coarse_dry = coarse_dry[begin:end]
    for smoothing_hz in SMOOTHING_HZ:
        ballots = _ballots(coarse_dry, coarse_wet, sample_rate_hz / step, smoothing_hz)
        elected = _elected(ballots, len(coarse_dry) * step / sample_rate_hz)
        if elected:
            return [
                Place(place.time_s + begin_s, place.delay_s - begin_s, place.votes)
                for place in elected
            ]
    return []


def _ballots(dry: Samples, wet: Samples, rate_hz: float, smoothing_hz: float) -> list[list[Place]]:
    """For the loudest section of each twelfth of `dry`: where in `wet` it fits."""
    section = section_samples(len(dry), rate_hz)
    if section == 0:
        return []
    size = fft.next_fast_len(len(wet) + section, real=True)
    bins = max(1, round(smoothing_hz * size / rate_hz))
    whole = _whitened(wet, size, bins)
    loudest = float(np.abs(dry).max())
    ballots = []
    for start in _loudest_starts(dry, section):
        part = dry[start : start + section]
        if audible(part, loudest):
            spectrum = np.conj(_whitened(part, size, bins)) * whole
            lags = np.abs(fft.irfft(spectrum, size, overwrite_x=True))
            ballots.append(_places(lags, start, section, rate_hz))
    return ballots


def _loudest_starts(audio: Samples, section: int) -> list[int]:
    """Where the loudest section of each twelfth of the sound begins; they may overlap."""
    step = max(1, section // 8)
    energy = np.concatenate([[0.0], np.cumsum(np.square(audio, dtype=np.float64))])
    starts = np.linspace(0, len(audio) - section, SECTIONS + 1).astype(int)
    found = []
    for begin, end in itertools.pairwise(starts):
        tried = np.arange(begin, max(end, begin + 1), step)
        found.append(int(tried[(energy[tried + section] - energy[tried]).argmax()]))
    return found


def _decimated(audio: Samples, step: int) -> Samples:
    return resample_poly(audio, 1, step).astype(np.float32) if step > 1 else audio


def _whitened(audio: Samples, size: int, bins: int) -> NDArray[np.complex64]:
    """The spectrum over its own magnitude, of which the RMS of so many bins is taken."""
    spectrum = fft.rfft(audio, size)
    magnitude = np.abs(spectrum)
    if bins > 1:
        power = uniform_filter1d(np.square(magnitude), bins)
        magnitude = np.sqrt(np.maximum(power, 0))
    magnitude += WHITENING_FLOOR * magnitude.max() + 1e-30
    spectrum /= magnitude
    return np.asarray(spectrum)


def _places(lags: NDArray[np.float32], start: int, section: int, rate_hz: float) -> list[Place]:
    """The highest peaks of the correlation magnitude over all lags; `lags` is used up."""
    apart = max(1, round(PEAK_S * rate_hz))
    highest = float(lags.max())
    places: list[Place] = []
    while len(places) < PLACES:
        top = int(lags.argmax())
        height = float(lags[top])
        if highest == 0 or height < FITS * highest:
            break
        lags[max(0, top - apart) : top + apart + 1] = 0
        # The last lags are negative: the section begins before the wet sound does.
        lag = top if top < len(lags) - section else top - len(lags)
        middle_s = (start + section / 2) / rate_hz
        places.append(Place(middle_s, (lag - start) / rate_hz, height / highest))
    return places


def _elected(ballots: list[list[Place]], duration_s: float) -> list[Place]:
    """Each section's place with the most votes of all sections, if they are enough."""
    sharing = max(1.0, SECTIONS * min(SECTION_S / duration_s, 1 / 4))
    needed = max(MIN_ALIKE * sharing, MIN_SHARE * len(ballots))
    elected: list[Place] = []
    for ballot in ballots:
        counted = [Place(p.time_s, p.delay_s, _votes(p, ballots)) for p in ballot]
        # Of two delays with as many votes, as in a loop, the smaller one is the likelier.
        counted.sort(key=lambda place: (-round(place.votes, 1), abs(place.delay_s)))
        elected += [place for place in counted[:1] if place.votes >= needed]
    return elected


def _votes(place: Place, ballots: list[list[Place]]) -> float:
    def agrees(other: Place) -> bool:
        apart_s = abs(other.time_s - place.time_s)
        return abs(other.delay_s - place.delay_s) <= AGREED_S + 1e-6 * DRIFT_PPM * apart_s

    return sum(
        max((other.votes for other in ballot if agrees(other)), default=0.0) for ballot in ballots
    )
