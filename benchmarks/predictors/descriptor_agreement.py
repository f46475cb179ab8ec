"""Descriptors beside Essentia's: `python -m tonecast.benchmarks.predictors.descriptor_agreement`.

Writes results/DESCRIPTORS.md, from windows of half a second of real recordings. Needs Essentia
(see `essentia_oracle`) and the recordings in ../shared/audio.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

import numpy as np
import torch
from numpy.typing import NDArray
from pedalboard.io import AudioFile
from rich.console import Console
from rich.progress import track

from ...models.predictors.descriptors.descriptors import DESCRIPTORS, Descriptors
from ...models.predictors.descriptors.frames import SAMPLE_RATE_HZ, WINDOW_SAMPLES
from .. import machine
from ..quality.material import AUDIO, Audio
from .essentia_oracle import INSTALLED, Oracle, Values

FOLDERS = ("music", "guitar", "piano", "drums")
EVERY_NTH_FILE = {"music": 1, "guitar": 3, "piano": 3, "drums": 1}
WINDOWS_PER_MUSIC_FILE = 4
# Relative, of a single frame. Single precision leaves about 1e-6; a definition read differently
# would show in most frames, and by more.
TOLERANCE = 1e-3
# Relative to a descriptor's RMS, the least that differences are divided by: near zero crossings a
# relative difference means nothing.
SMALLEST = 0.01
NOT_IN_ESSENTIA = ("harmonics to noise", "stereo correlation", "stereo difference")

_PITCH = "follows the pitch"
_THRESHOLD = "it takes 10^(dB/20) for a power: its 20 dB are 10"
_GAIN = "single precision leaves its lowest filters' gains up to 0.3 % off"
REASONS = {
    "pitch": "its interpolated lags are too long by 1025/1024",
    **dict.fromkeys(
        ("inharmonicity", "odd to even", *(f"tristimulus {i}" for i in range(3))), _PITCH
    ),
    "complexity": "it counts the first bin as a peak if the next is lower",
    "flux": "first frame: ours repeats the second",
    **{f"silence {level} dB": _THRESHOLD for level in (20, 30, 60)},
    **{f"gfcc {i}": _GAIN for i in range(13)},
}

HEAD = """# Descriptors beside Essentia's

Written by `python -m tonecast.benchmarks.predictors.descriptor_agreement`; every figure was
measured by it.

{windows} windows of half a second, 20 frames each, from {files} recordings of music, guitar, piano
and drums. Both sides get the same samples at 44.1 kHz, resampled once where needed, and the same
frames, so neither resampling nor frame edges play a part, but for the flux named below. Essentia's
side is its `LowLevelSpectralExtractor`; `GFCC` and `SpectralContrast` for what that lacks.

The difference is relative to Essentia's value, or to {smallest:.0%} of the descriptor's RMS if that
is more. Tolerance: {tolerance:.1%} for a frame. Where the reason of a deviation is known, the last
two columns say what is left without it: with a steady offset of the GFCC taken off, the first frame
of the flux left out, the pitch corrected, the first bin no peak, thresholds given as powers.

| descriptor | median | p95 | frames within | correlation | why | p95 left | within |
|---|---:|---:|---:|---:|---|---:|---:|"""
TAIL = """
Not in Essentia: stereo correlation and difference, which the tests check against NumPy, and the
harmonics-to-noise ratio, for which Boersma's paper gives the answer. A tone with eight partials in
white noise, {n_tones} pitches from 90 to 900 Hz:

| in the sound, dB | {asked} |
|---|{rule}
| measured, median | {measured} |
| 10th … 90th percentile | {spread} |
"""


@dataclass(frozen=True)
class Agreement:
    """Relative differences of a descriptor and its counterpart, over all frames."""

    median: float
    p95: float
    within: float
    correlation: float


def compare(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> Agreement:
    """Two descriptors [frames] of the same frames. Correlation is NaN if either is constant."""
    floor = SMALLEST * float(np.sqrt(np.mean(theirs**2)))
    scale = np.maximum(np.maximum(np.abs(theirs), floor), np.finfo(np.float32).tiny)
    difference = np.abs(ours - theirs) / scale
    moves = ours.std() > 0 and theirs.std() > 0
    return Agreement(
        float(np.median(difference)),
        float(np.percentile(difference, 95)),
        float(np.mean(difference <= TOLERANCE)),
        float(np.corrcoef(ours, theirs)[0, 1]) if moves else float("nan"),
    )


def windows() -> Iterator[tuple[str, Audio]]:
    """File name and half a second of it, [2, 22050] at 44.1 kHz; the places are seeded."""
    rng = np.random.default_rng(1)
    for folder in FOLDERS:
        for path in sorted((AUDIO / folder).glob("*.flac"))[:: EVERY_NTH_FILE[folder]]:
            with AudioFile(str(path)).resampled_to(SAMPLE_RATE_HZ) as file:
                audio = file.read(file.frames)
            if audio.shape[1] < WINDOW_SAMPLES:
                continue
            stereo = np.broadcast_to(audio[:2], (2, audio.shape[1]))
            for _ in range(WINDOWS_PER_MUSIC_FILE if folder == "music" else 1):
                start = int(rng.integers(stereo.shape[1] - WINDOW_SAMPLES + 1))
                yield path.stem, np.array(stereo[:, start : start + WINDOW_SAMPLES])


def describe(audio: Audio) -> Values:
    """Our descriptors of one window [2, 22050], name → [20]."""
    with torch.no_grad():
        per_frame = Descriptors().per_frame(torch.from_numpy(audio[None]))[0]
    return dict(zip(DESCRIPTORS, per_frame.double().numpy(), strict=True))


def tone_in_noise(pitch_hz: float, ratio_db: float, seed: int) -> Audio:
    """Eight partials and white noise at a ratio of powers, the same in both channels."""
    rng = np.random.default_rng(seed)
    phase = 2 * np.pi * pitch_hz * np.arange(WINDOW_SAMPLES) / SAMPLE_RATE_HZ
    tone = sum(np.cos(k * phase + rng.uniform(0, 2 * np.pi)) / k for k in range(1, 9))
    noise = rng.standard_normal(WINDOW_SAMPLES)
    noise *= np.std(tone) / np.std(noise) * 10 ** (-ratio_db / 20)
    return np.asarray(0.1 * (tone + noise) * np.ones((2, 1)), np.float32)


def main() -> None:
    """Measure, then write the page."""
    if not INSTALLED or not AUDIO.is_dir():
        sys.exit(f"Essentia (pip install essentia==2.1b6.dev1389) and {AUDIO} are both needed")
    machine.use_one_core()
    torch.set_num_threads(1)
    oracle = Oracle()
    ours, theirs, alike, files = [], [], [], set()
    for name, audio in track(list(windows()), "Describing", transient=True):
        files.add(name)
        mono = audio.mean(axis=0)
        ours.append(describe(audio))
        theirs.append(oracle.as_it_is(mono))
        alike.append(oracle.alike(mono))
    head = HEAD.format(windows=len(ours), files=len(files), smallest=SMALLEST, tolerance=TOLERANCE)
    stamp = f"*{date.today().isoformat()}, {machine.describe()[:-1]}, "
    stamp += f"essentia {version('essentia')}.*"
    page = machine.ROOT / "benchmarks" / "results" / "DESCRIPTORS.md"
    page.write_text("\n".join([head, *_rows(ours, theirs, alike), _harmonics(), stamp, ""]))
    Console().print(f"wrote {page.relative_to(machine.ROOT)}")


def _rows(ours: list[Values], theirs: list[Values], alike: list[Values]) -> Iterator[str]:
    for name in DESCRIPTORS:
        if name in NOT_IN_ESSENTIA:
            continue
        mine = np.array([values[name] for values in ours])
        essentia = np.array([values[name] for values in theirs])
        found = compare(mine.ravel(), essentia.ravel())
        left = "| |"
        if name.startswith("gfcc"):
            left = _left(compare(mine.ravel() - np.median(mine - essentia), essentia.ravel()))
        elif name == "flux":
            left = _left(compare(mine[:, 1:].ravel(), essentia[:, 1:].ravel()))
        elif name in alike[0]:
            corrected = np.array([values[name] for values in alike])
            left = _left(compare(mine.ravel(), corrected.ravel()))
        correlation = "–" if np.isnan(found.correlation) else f"{found.correlation:.6f}"
        yield (
            f"| {name} | {found.median:.0e} | {found.p95:.0e} | {found.within:.1%} | "
            f"{correlation} | {REASONS.get(name, '')} | {left}"
        )


def _left(found: Agreement) -> str:
    return f"{found.p95:.0e} | {found.within:.1%} |"


def _harmonics() -> str:
    pitches_hz = np.geomspace(90, 900, 12)
    asked_db = (0, 5, 10, 20, 30)
    medians, spreads = [], []
    for ratio_db in asked_db:
        values = [
            describe(tone_in_noise(pitch_hz, ratio_db, seed))["harmonics to noise"]
            for seed, pitch_hz in enumerate(pitches_hz)
        ]
        low, median, high = np.percentile(np.concatenate(values), (10, 50, 90))
        medians.append(f"{median:.1f}")
        spreads.append(f"{low:.1f} … {high:.1f}")
    return TAIL.format(
        n_tones=len(pitches_hz),
        asked=" | ".join(map(str, asked_db)),
        rule="---:|" * len(asked_db),
        measured=" | ".join(medians),
        spread=" | ".join(spreads),
    )


if __name__ == "__main__":
    main()
