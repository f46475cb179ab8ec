"""Material of the quality benchmarks: real recordings if available, else synthesized ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pedalboard.io import AudioFile
from scipy.signal import lfilter

from ..machine import ROOT

AUDIO = ROOT.parent / "shared" / "audio"
NOTE_FOLDERS = ("bass", "drums", "guitar", "piano")
EVERY_NTH_NOTE = 6
Kind = Literal["music", "notes"]
Audio = NDArray[np.float32]


@dataclass(frozen=True)
class Recording:
    """A sound of either kind, [channels, samples]."""

    name: str
    kind: Kind
    sample_rate_hz: int
    audio: Audio


@dataclass(frozen=True)
class Material:
    """Paths of recordings, or none of them for the synthetic stand-in."""

    music: tuple[Path, ...]
    notes: tuple[Path, ...]

    def __len__(self) -> int:
        return len(self.music) + len(self.notes) or 2 * len(_ROOTS_HZ)

    def __iter__(self) -> Iterator[Recording]:
        if not self.music:
            yield from _synthetic()
        for path in self.music:
            yield _read(path, "music")
        for path in self.notes:
            yield _read(path, "notes")

    def describe(self) -> str:
        """Say which material was used."""
        if not self.music:
            return "Synthesized plucked strings: the recordings are not available."
        return f"{len(self.music)} recordings of music and {len(self.notes)} single notes."


def find() -> Material:
    """All music and every sixth note beside the repository, or nothing."""
    notes = [path for folder in NOTE_FOLDERS for path in sorted((AUDIO / folder).glob("*.flac"))]
    return Material(
        tuple(sorted((AUDIO / "music").glob("*.flac"))),
        tuple(notes[::EVERY_NTH_NOTE]),
    )


def white_noise(seconds: float, sample_rate_hz: int) -> Audio:
    """Stereo white noise at −20 dB, seeded."""
    samples = round(seconds * sample_rate_hz)
    noise = np.random.default_rng(1).standard_normal((2, samples))
    return (0.1 * noise).astype(np.float32)


def pink_noise(seconds: float, sample_rate_hz: int) -> Audio:
    """Stereo noise with equal power in every octave above 10 Hz at −20 dB, seeded."""
    white = white_noise(seconds, sample_rate_hz)
    spectrum = np.fft.rfft(white)
    frequency_hz = np.fft.rfftfreq(white.shape[1], 1 / sample_rate_hz)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequency_hz, 10)), white.shape[1])
    return np.asarray(0.1 * noise / noise.std(), np.float32)


def read_mono(path: Path, sample_rate_hz: int, seconds: float | None = None) -> Audio:
    """A recording or its begin, the mean of its channels: [samples]."""
    with AudioFile(str(path)).resampled_to(sample_rate_hz) as file:
        samples = int(file.frames) if seconds is None else round(seconds * sample_rate_hz)
        audio = file.read(samples)
    return np.asarray(audio.mean(axis=0), np.float32)


def peaking(
    audio: Audio, sample_rate_hz: int, frequency_hz: float, gain_db: float, q: float
) -> Audio:
    """Resonance at `frequency_hz`."""
    zeros, poles = peaking_biquad(sample_rate_hz, frequency_hz, gain_db, q)
    filtered: Audio = lfilter(zeros, poles, audio.astype(np.float64), axis=-1).astype(np.float32)
    return filtered


def peaking_biquad(
    sample_rate_hz: int, frequency_hz: float, gain_db: float, q: float
) -> tuple[list[float], list[float]]:
    """Zeros and poles of the peaking biquad of Bristow-Johnson's Audio EQ Cookbook."""
    amplitude = 10 ** (gain_db / 40)
    omega = 2 * np.pi * frequency_hz / sample_rate_hz
    alpha = np.sin(omega) / (2 * q)
    zeros = [1 + alpha * amplitude, -2 * np.cos(omega), 1 - alpha * amplitude]
    poles = [1 + alpha / amplitude, -2 * np.cos(omega), 1 - alpha / amplitude]
    return zeros, poles


def _read(path: Path, kind: Kind) -> Recording:
    with AudioFile(str(path)) as file:
        return Recording(path.stem, kind, int(file.samplerate), file.read(file.frames))


_ROOTS_HZ = (55.0, 82.4, 110.0, 146.8, 196.0, 261.6, 329.6, 440.0)


def _synthetic() -> Iterator[Recording]:
    rate_hz = 48_000
    for i, root_hz in enumerate(_ROOTS_HZ):
        rng = np.random.default_rng(i)
        yield Recording(f"pluck {i}", "notes", rate_hz, _pluck(root_hz, 3.0, rate_hz, rng)[None])
        chords = np.zeros(8 * rate_hz, np.float32)
        for beat in range(16):
            start = beat * rate_hz // 2
            for ratio in rng.choice([1, 5 / 4, 4 / 3, 3 / 2, 2, 5 / 2, 3], 3, replace=False):
                note = _pluck(root_hz * float(ratio), 2.0, rate_hz, rng)[: len(chords) - start]
                chords[start : start + len(note)] += note / 3
        yield Recording(f"chords {i}", "music", rate_hz, chords[None])


def _pluck(
    frequency_hz: float, seconds: float, sample_rate_hz: int, rng: np.random.Generator
) -> Audio:
    """Plucked string after Karplus and Strong (1983): noise in a loop with a lowpass."""
    period = round(sample_rate_hz / frequency_hz)
    excitation = np.zeros(round(seconds * sample_rate_hz))
    excitation[:period] = rng.uniform(-0.5, 0.5, period)
    loop = np.zeros(period + 2)
    loop[0], loop[-2:] = 1.0, -0.4985
    string: Audio = lfilter([1.0], loop, excitation).astype(np.float32)
    return string
