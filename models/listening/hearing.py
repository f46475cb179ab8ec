"""A simulated listener: the perceived distance of a sound from its clean version, in dB.

Sounds are compared in auditory bands (equivalent rectangular bandwidths, Glasberg and Moore 1990)
and frames of 93 ms. Levels are taken relative to the 80 phon contour of ISO 226:2003, so that equal
numbers are about equally loud; each difference counts by the loudness, in sone, of the louder of
the two sounds at that place. Sounds are played equally loud: the mean difference is taken off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from ..iso226 import equal_loudness_contour_db
from .resonances import Audio

FRAME_SAMPLES = 4096
HOP_SAMPLES = 2048
BANDS_PER_ERB = 2
MIN_HZ, MAX_HZ = 50.0, 14_000.0
PLAYBACK_DB = 80.0  # sound pressure level of the clean version
LOUDNESS_PHON = 80.0
INAUDIBLE_PHON = 5.0

Levels = NDArray[np.float64]


@dataclass(frozen=True)
class Heard:
    """Mean squares of differences in level, dB², weighted by loudness.

    `excess` is that of places that are too loud (resonances), `loss` of those too soft (removed
    from the sound itself).
    """

    excess: float
    loss: float

    @property
    def distance_db(self) -> float:
        """Loudness-weighted root mean square of all differences."""
        return float(np.sqrt(self.excess + self.loss))


class Listener:
    """Knows a clean version [channels, samples] and compares others with it."""

    def __init__(self, clean: Audio, sample_rate_hz: int) -> None:
        """Raise ValueError for silence."""
        power = float(np.mean(np.square(clean, dtype=np.float64)))
        if power <= 0:
            raise ValueError("Nothing can be compared with silence.")
        self._offset_db = PLAYBACK_DB - 10 * np.log10(power)
        self._sharing, centers_hz = _auditory_bands(sample_rate_hz)
        contour = equal_loudness_contour_db(centers_hz, LOUDNESS_PHON)
        self._offset_db = self._offset_db + LOUDNESS_PHON - contour
        self._clean = self.levels(clean)

    def levels(self, audio: Audio) -> Levels:
        """Approximate level in phon [frames, bands] of `audio` [channels, samples]."""
        frames = np.lib.stride_tricks.sliding_window_view(audio, FRAME_SAMPLES, axis=1)
        window = np.hanning(FRAME_SAMPLES + 1)[:-1].astype(np.float32)
        spectra = rfft(frames[:, ::HOP_SAMPLES] * window, axis=2)
        scale = 2 / (FRAME_SAMPLES * np.sum(window**2))  # all bins together: the mean square
        power = scale * np.mean(np.square(np.abs(spectra)), axis=0)
        bands = power @ self._sharing
        level = 10 * np.log10(np.maximum(bands, 1e-20)) + self._offset_db
        return np.asarray(np.maximum(level, INAUDIBLE_PHON))

    def compare(self, audio: Audio) -> Heard:
        """Difference of `audio` [channels, samples] from the clean version, at equal loudness."""
        levels = self.levels(audio)
        sone = 2 ** ((np.maximum(levels, self._clean) - 40) / 10)
        weight = sone / sone.sum()
        difference = levels - self._clean
        difference -= np.sum(weight * difference)
        squares = weight * difference**2
        too_loud = float(squares[difference > 0].sum())
        return Heard(too_loud, float(squares.sum()) - too_loud)


def _auditory_bands(sample_rate_hz: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Sharing of power [bins, bands] by rounded exponential filters, and the bands' centres."""
    low, high = (21.4 * np.log10(1 + 0.00437 * hz) for hz in (MIN_HZ, MAX_HZ))
    numbers = np.arange(low, high, 1 / BANDS_PER_ERB)
    centers_hz = (10 ** (numbers / 21.4) - 1) / 0.00437
    width_hz = 24.7 * (1 + 0.00437 * centers_hz)
    bins_hz = np.arange(FRAME_SAMPLES // 2 + 1)[:, None] * sample_rate_hz / FRAME_SAMPLES
    slope = 4 * np.abs(bins_hz - centers_hz) / width_hz
    sharing = (1 + slope) * np.exp(-slope)
    return sharing.astype(np.float32), centers_hz
