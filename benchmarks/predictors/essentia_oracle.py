"""Essentia's values of the descriptors, as a reference.

Essentia is AGPL and no part of Tonecast. To run the comparison, install it:

    pip install essentia==2.1b6.dev1389
"""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from ...models.predictors.descriptors.frames import (
    FRAME_SAMPLES,
    HOP_SAMPLES,
    N_FRAMES,
    SAMPLE_RATE_HZ,
    USED_SAMPLES,
)

INSTALLED = find_spec("essentia") is not None
Values = dict[str, NDArray[np.float64]]

# What LowLevelSpectralExtractor returns, in its order, by our names.
_EXTRACTED: tuple[str | tuple[str, ...], ...] = (
    tuple(f"bark band {i}" for i in range(27)),
    *("bark kurtosis", "bark skewness", "bark spread", "high-frequency content"),
    tuple(f"mfcc {i}" for i in range(13)),
    *("pitch", "pitch confidence", "pitch salience"),
    *("silence 20 dB", "silence 30 dB", "silence 60 dB"),
    *("complexity", "crest", "decrease", "energy"),
    *("band 20-150 Hz", "band 150-800 Hz", "band 800-4000 Hz", "band 4-20 kHz"),
    *("flatness", "flux", "rms", "roll-off", "strong peak", "zero crossings", "inharmonicity"),
    tuple(f"tristimulus {i}" for i in range(3)),
    "odd to even",
)
# Essentia counts lags from 0 to 1024 but spreads them over a range of 1025.
LAG_STRETCH = 1025 / 1024


class Oracle:
    """Descriptors of a window by Essentia, frame by frame."""

    def __init__(self) -> None:
        import essentia
        import essentia.standard as algorithms

        essentia.log.infoActive = essentia.log.warningActive = False
        self.extractor = algorithms.LowLevelSpectralExtractor(
            frameSize=FRAME_SAMPLES, hopSize=HOP_SAMPLES, sampleRate=SAMPLE_RATE_HZ
        )
        self.window = algorithms.Windowing(type="blackmanharris62")
        self.spectrum = algorithms.Spectrum()
        self.gfcc = algorithms.GFCC()
        self.contrast = algorithms.SpectralContrast(sampleRate=SAMPLE_RATE_HZ)
        self.pitch = algorithms.PitchYinFFT()
        self.peaks = algorithms.SpectralPeaks(minFrequency=SAMPLE_RATE_HZ / FRAME_SAMPLES)
        self.harmonic_peaks = algorithms.HarmonicPeaks()
        self.inharmonicity = algorithms.Inharmonicity()
        self.odd_to_even = algorithms.OddToEvenHarmonicEnergyRatio()
        self.tristimulus = algorithms.Tristimulus()
        self.complexity = algorithms.SpectralComplexity(magnitudeThreshold=0.005)
        self.silence = algorithms.SilenceRate(thresholds=[1e-2, 1e-3, 1e-6])

    def as_it_is(self, mono: NDArray[np.float32]) -> Values:
        """Name → values of the 20 frames [20], for the last 21504 samples of a window [samples].

        The extractor's first frame is centred on the first sample; from its second on, its frames
        are the same as ours.
        """
        used = np.ascontiguousarray(mono[-USED_SAMPLES:])
        values: Values = {}
        for names, found in zip(_EXTRACTED, self.extractor(used), strict=True):
            columns = np.asarray(found, np.float64).reshape(len(found), -1)[1 : N_FRAMES + 1].T
            values.update(zip((names,) if isinstance(names, str) else names, columns, strict=True))
        rows = []
        for magnitude in map(self._magnitude, _frames(used)):
            contrasts, valleys = self.contrast(magnitude)
            rows.append(np.concatenate([self.gfcc(magnitude)[1], contrasts, valleys]))
        names = (
            *(f"gfcc {i}" for i in range(13)),
            *(f"contrast {i}" for i in range(6)),
            *(f"valley {i}" for i in range(6)),
        )
        values.update(zip(names, np.array(rows, np.float64).T, strict=True))
        return values

    def alike(self, mono: NDArray[np.float32]) -> Values:
        """Those that differ for a known reason, with Essentia's deviation corrected: name → [20].

        `mono` is [samples].
        """
        columns: dict[str, list[float]] = {}
        for frame in _frames(np.ascontiguousarray(mono[-USED_SAMPLES:])):
            magnitude = self._magnitude(frame)
            pitch_hz = float(self.pitch(magnitude)[0]) * LAG_STRETCH
            partials = self.harmonic_peaks(*self.peaks(magnitude), pitch_hz)
            tristimulus = self.tristimulus(*partials)
            # The first bin from 100 Hz on counts as a peak if the next is lower.
            first, below = magnitude[5], magnitude[4]
            no_peak = below >= first > max(magnitude[6], 0.005)
            row = {
                "pitch": pitch_hz,
                "inharmonicity": self.inharmonicity(*partials),
                "odd to even": self.odd_to_even(*partials),
                **{f"tristimulus {i}": share for i, share in enumerate(tristimulus)},
                "complexity": self.complexity(magnitude) - no_peak,
            }
            row.update(
                zip(
                    ("silence 20 dB", "silence 30 dB", "silence 60 dB"),
                    self.silence(frame),
                    strict=True,
                )
            )
            for name, value in row.items():
                columns.setdefault(name, []).append(float(value))
        return {name: np.array(values) for name, values in columns.items()}

    def _magnitude(self, frame: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(self.spectrum(self.window(frame)))


def _frames(used: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    starts = range(0, N_FRAMES * HOP_SAMPLES, HOP_SAMPLES)
    return [np.ascontiguousarray(used[start : start + FRAME_SAMPLES]) for start in starts]
