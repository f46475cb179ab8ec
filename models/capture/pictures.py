"""Plots of a capture: spectrograms, the error, and the waveshaping curve."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from ...plugin_core.plots.comparison import (
    ACCENT,
    FRAME_SAMPLES,
    INK,
    MAX_HZ,
    MIN_HZ,
    PAPER,
    RANGE_DB,
    TICKS_HZ,
    Power,
    band_centers_hz,
    band_powers,
)
from ...plugin_core.samples import Samples
from .figures import HeldOut

MAX_POINTS = 6000
BINS = 61
MAX_S = 10.0
SEED = 1


def draw_spectrograms(sounds: HeldOut, sample_rate_hz: int, title: str, path: Path) -> None:
    """Input, target, output and the error, at most 10 s, on one scale."""
    figure = Figure(figsize=(11, 3.4), dpi=90, facecolor=PAPER, layout="constrained")
    figure.suptitle(title, fontsize=12, fontweight="bold", color=INK)
    axes = figure.subplots(1, 4, sharey=True)
    shown = slice(round(MAX_S * sample_rate_hz))
    parts = (sounds.dry, sounds.wanted, sounds.played, sounds.wanted - sounds.played)
    powers = [_bands(sound[shown], sample_rate_hz) for sound in parts]
    loudest = np.max(powers[1])
    for axis, name, power in zip(
        axes, ("Input", "Target", "Output", "Target − output"), powers, strict=True
    ):
        image = axis.imshow(
            10 * np.log10(power / loudest + 1e-20),
            cmap="magma",
            vmin=-RANGE_DB,
            vmax=0,
            origin="lower",
            aspect="auto",
            extent=(0, len(sounds.dry[shown]) / sample_rate_hz, 0, len(power)),
        )
        axis.set(xlabel="Time (s)")
        axis.set_title(name, fontsize=10)
    places = np.interp(np.log(TICKS_HZ), np.log(band_centers_hz()), np.arange(len(powers[0])))
    axes[0].yaxis.set_major_locator(FixedLocator(list(places)))
    axes[0].yaxis.set_minor_locator(NullLocator())
    axes[0].set_yticklabels([f"{hz // 1000} k" if hz >= 1000 else str(hz) for hz in TICKS_HZ])
    axes[0].set(ylabel="Frequency (Hz)")
    bar = figure.colorbar(image, ax=axes, pad=0.01, aspect=30)
    bar.set_label("Level (dB re target)")
    bar.outline.set_visible(False)
    figure.savefig(path)


def draw_curves(sounds: HeldOut, sample_rate_hz: int, title: str, path: Path) -> None:
    """Waveshaping, input sample against output sample; and the mean spectra."""
    figure = Figure(figsize=(11, 3.8), dpi=90, facecolor=PAPER, layout="constrained")
    figure.suptitle(title, fontsize=12, fontweight="bold", color=INK)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1, 1, 1.4])
    for axis, name, out in (
        (left, "Waveshaping, target", sounds.wanted),
        (middle, "Waveshaping, output", sounds.played),
    ):
        _draw_waveshaping(axis, sounds.dry, out)
        axis.set_title(name, fontsize=10)
    limit = 1.05 * max(float(np.abs(s).max()) for s in (sounds.wanted, sounds.played))
    for axis in (left, middle):
        axis.set_ylim(-limit, limit)
    left.set(ylabel="Out (full scale 1)")

    bands = band_centers_hz()
    error = sounds.wanted - sounds.played
    for name, sound, style in (
        ("Target", sounds.wanted, {"color": INK, "linewidth": 1.4}),
        ("Output", sounds.played, {"color": ACCENT, "linewidth": 1.2, "linestyle": "--"}),
        ("Target − output", error, {"color": ACCENT, "linewidth": 0.9, "alpha": 0.6}),
    ):
        level = 10 * np.log10(_bands(sound, sample_rate_hz).mean(axis=1) + 1e-20)
        if name == "Target":
            top = float(level.max())
        right.plot(bands, level - top, label=name, **style)
    right.set(xscale="log", xlim=(MIN_HZ, MAX_HZ), ylim=(-80, 5))
    right.set(xlabel="Frequency (Hz)", ylabel="Level (dB re target's loudest)")
    right.set_title("Mean spectra", fontsize=10)
    right.xaxis.set_major_locator(FixedLocator(TICKS_HZ))
    right.xaxis.set_minor_locator(NullLocator())
    right.set_xticklabels([f"{hz // 1000} k" if hz >= 1000 else str(hz) for hz in TICKS_HZ])
    right.legend(frameon=False, fontsize=8)
    for axis in (left, middle, right):
        axis.grid(color=INK, alpha=0.12, linewidth=0.5)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)


def _draw_waveshaping(axis: Axes, dry: Samples, out: Samples) -> None:
    """A random choice of samples as dots, and the mean of all by input level as a line."""
    some = np.random.default_rng(SEED).integers(0, len(dry), MAX_POINTS)
    axis.plot(dry[some], out[some], ".", markersize=1.5, color=INK, alpha=0.25, rasterized=True)
    limit = float(np.percentile(np.abs(dry), 99.9))
    edges = np.linspace(-limit, limit, BINS)
    index = np.digitize(dry, edges)
    centers, means = [], []
    for k in range(1, BINS):
        inside = out[index == k]
        if len(inside) > 10:
            centers.append((edges[k - 1] + edges[k]) / 2)
            means.append(float(inside.mean()))
    axis.plot(centers, means, color=ACCENT, linewidth=1.6)
    axis.set(xlabel="In (full scale 1)", xlim=(-limit, limit))


def _bands(sound: Samples, sample_rate_hz: int) -> Power:
    """Band powers, padded where a sound is shorter than a frame of the picture."""
    short = max(0, FRAME_SAMPLES - len(sound))
    powers = band_powers(np.pad(sound, (0, short))[None].astype(np.float32), sample_rate_hz)
    return np.maximum(powers, 0)  # rounding may make a difference of sums negative
