"""Plots of a sound before and after an effect."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import NDArray

from ..samples import Samples

Power = NDArray[np.float64]
Places = NDArray[np.floating[Any]]

MIN_HZ, MAX_HZ = 50.0, 16000.0
BANDS_PER_OCTAVE = 48
FRAME_SAMPLES = 4096
HOP_SAMPLES = 512
RANGE_DB = 70.0  # from the loudest point down to black
SMOOTHING_OCTAVES = 1 / 12  # of the attenuation curve
TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10000)

INK, PAPER, ACCENT = "#1d1d2b", "#ffffff", "#c2385a"


def plot_comparison(
    before: Samples,
    after: Samples,
    sample_rate_hz: int,
    title: str,
    marks_hz: Sequence[float],
    path: Path,
) -> None:
    """Write a plot of two sounds [channels, samples] and of the mean gain from one to the other.

    Spectrograms on a common scale, 0 dB being the loudest point of the first, and beside them, on
    the same frequency axis, the gain over frequency, labelled at `marks_hz`.
    """
    bands_hz = band_centers_hz()
    powers = [band_powers(sound, sample_rate_hz) for sound in (before, after)]
    loudest = np.max(powers[0])
    gain_db = mean_gain_db(*powers)
    duration_s = before.shape[1] / sample_rate_hz

    figure = Figure(figsize=(12, 5.2), dpi=150, facecolor=PAPER, layout="constrained")
    figure.suptitle(title, fontsize=14, fontweight="bold", color=INK)
    axes = figure.subplots(1, 3, sharey=True, width_ratios=[1, 1, 0.42])
    for axis, name, power in zip(axes, ("Before", "After"), powers, strict=False):
        time_s = np.linspace(0, duration_s, power.shape[1])
        image = draw_spectrogram(axis, time_s, power, loudest)
        axis.set(title=name, xlabel="Time (s)")
    bar = figure.colorbar(image, ax=axes[:2], pad=0.01, aspect=40)
    bar.set_label("Level (dB re loudest)")
    bar.outline.set_visible(False)

    curve = axes[2]
    curve.axvline(0, color=INK, linewidth=0.6, alpha=0.5)
    curve.fill_betweenx(bands_hz, gain_db, 0, color=ACCENT, alpha=0.2, linewidth=0)
    curve.plot(gain_db, bands_hz, color=ACCENT, linewidth=1.4)
    curve.set(title="Attenuation", xlabel="Mean gain (dB)")
    curve.grid(axis="both", color=INK, alpha=0.12, linewidth=0.5)
    for mark_hz in marks_hz:
        near = np.abs(np.log2(bands_hz / mark_hz)) < SMOOTHING_OCTAVES
        curve.annotate(
            f"{mark_hz:.0f} Hz",
            (np.min(gain_db[near]), mark_hz),
            xytext=(-4, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=8.5,
            color=INK,
        )
    lowest_db = float(np.min(gain_db))
    curve.set_xlim(1.55 * lowest_db - 1, max(1.0, float(np.max(gain_db)) + 0.5))
    curve.spines[["top", "right", "left"]].set_visible(False)
    for axis in axes[1:]:
        axis.tick_params(axis="y", length=0)

    for axis in axes[1:]:
        axis.set_ylabel("")
    figure.savefig(path)


def draw_spectrogram(
    axes: Axes, time_s: NDArray[np.float64], power: Power, loudest: float
) -> QuadMesh:
    """Power [bands, frames] in dB re `loudest`, over log frequency; `time_s` [frames]."""
    image = axes.pcolormesh(
        time_s,
        band_centers_hz(),
        10 * np.log10(power / max(loudest, 1e-20) + 1e-20),
        cmap="magma",
        vmin=-RANGE_DB,
        vmax=0,
        shading="gouraud",
        rasterized=True,
    )
    axes.set(yscale="log", ylim=(MIN_HZ, MAX_HZ), ylabel="Frequency (Hz)")
    axes.yaxis.set_major_locator(FixedLocator(TICKS_HZ))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_yticklabels([f"{hz // 1000} k" if hz >= 1000 else str(hz) for hz in TICKS_HZ])
    return image


def band_centers_hz() -> NDArray[np.float64]:
    """Centre frequencies [bands] of the plot's bands, evenly spaced in octaves."""
    octaves = np.log2(MAX_HZ / MIN_HZ)
    return np.asarray(np.geomspace(MIN_HZ, MAX_HZ, round(octaves * BANDS_PER_OCTAVE)))


def band_powers(sound: Samples, sample_rate_hz: int) -> Power:
    """Power [bands, frames] of a sound [channels, samples], Hann-windowed, mean over channels."""
    window = np.hanning(FRAME_SAMPLES + 1)[:-1]
    padded = np.pad(sound, ((0, 0), (FRAME_SAMPLES // 2, FRAME_SAMPLES // 2)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME_SAMPLES, axis=1)
    spectra = np.fft.rfft(frames[:, ::HOP_SAMPLES] * window, axis=2)
    return to_bands(np.mean(np.abs(spectra) ** 2, axis=0).T, sample_rate_hz)


def to_bands(power: Power, sample_rate_hz: float) -> Power:
    """Power of bins [bins, frames] as that of the plot's bands [bands, frames].

    Averaged over wide bands, interpolated where a band is narrower than a bin.
    """
    bin_hz = sample_rate_hz / FRAME_SAMPLES
    centers = band_centers_hz() / bin_hz
    half = np.maximum(centers * (2 ** (0.5 / BANDS_PER_OCTAVE) - 1), 0.5)
    # Running integral of the power, read at the edges of each band.
    integral = np.concatenate([np.zeros((1, power.shape[1])), np.cumsum(power, axis=0)])
    places = np.arange(integral.shape[0]) - 0.5
    edges = [_interpolate(integral, places, centers + sign * half) for sign in (-1, 1)]
    mean: Power = (edges[1] - edges[0]) / (2 * half[:, np.newaxis])
    return mean


def mean_gain_db(before: Power, after: Power) -> NDArray[np.float64]:
    """Gain [bands] from one sound's mean power to another's [bands, frames], lightly smoothed."""
    width = round(SMOOTHING_OCTAVES * BANDS_PER_OCTAVE) | 1
    kernel = np.hanning(width + 2)[1:-1]
    means = [np.convolve(np.pad(p.mean(axis=1), width // 2, "edge"), kernel, "valid")
             for p in (before, after)]  # fmt: skip
    return np.asarray(10 * np.log10(means[1] / means[0]))


def _interpolate(rows: Power, places: Places, wanted: Places) -> Power:
    """Rows of a matrix at fractional places, linearly."""
    at = np.clip(np.searchsorted(places, wanted) - 1, 0, len(places) - 2)
    weight = ((wanted - places[at]) / (places[at + 1] - places[at]))[:, np.newaxis]
    found: Power = rows[at] * (1 - weight) + rows[at + 1] * weight
    return found
