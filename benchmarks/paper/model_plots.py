"""The papers' figures of a model: its filters, and one frame inside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from numpy.typing import NDArray

from ...models.families.autoencoder.cae import CAE
from .signals import Inside
from .style import (
    INPUT,
    LEVELS,
    OUTPUT,
    RANGE_DB,
    SMALL,
    TARGET,
    Levels,
    add_bar,
    add_grid,
    decibels,
    even_colors,
    log_frequency,
    make_figure,
    save,
)

RESPONSE_POINTS = 2048


def draw_filters(model: CAE, sample_rate_hz: int, path: Path) -> None:
    """First-layer filters: no. 1, 2, 4 … in time and frequency, and the magnitudes of all."""
    filters = model.filters.detach().numpy()
    order, centres_hz = by_centre(model, sample_rate_hz)
    ranks = 2 ** np.arange(int(np.log2(len(order))) + 1)
    chosen = order[ranks - 1]
    levels_db = decibels(_magnitudes(model))
    levels_db -= levels_db.max()

    figure = make_figure(4.4)
    times, magnitudes, overview = figure.subplots(1, 3, width_ratios=[1, 1.15, 1.3])
    time_ms = np.arange(filters.shape[1]) / sample_rate_hz * 1000
    frequencies_hz = np.linspace(0, sample_rate_hz / 2, levels_db.shape[1])
    for place, (row, color) in enumerate(zip(chosen, even_colors(len(chosen)), strict=True)):
        times.plot(time_ms, place + 0.45 * filters[row] / np.abs(filters[row]).max(), color=color)
        magnitudes.plot(frequencies_hz, levels_db[row], color=color, linewidth=1.2)
    names = [f"no. {n}\n{centres_hz[row]:.0f} Hz" for n, row in zip(ranks, chosen, strict=True)]
    times.set_yticks(range(len(chosen)), names, fontsize=SMALL)
    times.tick_params(axis="y", length=0)
    times.set(title="In time, each to its peak", xlabel="Time (ms)")
    magnitudes.set(
        title="The same in frequency",
        xlabel="Frequency (Hz)",
        ylabel="Magnitude (dB re the highest of all)",
        ylim=(-45, 3),
    )
    log_frequency(magnitudes, "x", sample_rate_hz)
    image = overview.imshow(
        levels_db[order].T,
        origin="lower",
        aspect="auto",
        extent=(0.5, len(order) + 0.5, 0, sample_rate_hz / 2000),
        cmap=LEVELS,
        vmin=-RANGE_DB,
        vmax=0,
    )
    overview.set(
        title=f"All {len(order)}, by centre frequency",
        xlabel="Filter no.",
        ylabel="Frequency (kHz)",
    )
    add_bar(figure, image, [overview], "Magnitude (dB re the highest of all)")
    for axes in (times, magnitudes):
        add_grid(axes)
    save(figure, path)


def draw_frame(inside: Inside, model: CAE, sample_rate_hz: int, path: Path) -> None:
    """One frame: X1, Z, gates and X̂1 above, input and output below."""
    figure = make_figure(7.0)
    (above,), (below,) = figure.subfigures(2, 1, height_ratios=[1.25, 1], squeeze=False)
    _draw_rows(above, inside, model, sample_rate_hz)
    waveform, spectrum = below.subplots(1, 2, width_ratios=[1.2, 1])
    _draw_waveform(waveform, inside, sample_rate_hz)
    _draw_spectrum(spectrum, inside, sample_rate_hz)
    save(figure, path)


def by_centre(model: CAE, sample_rate_hz: int) -> tuple[NDArray[np.intp], Levels]:
    """Indices of the filters [filters] from low to high, and their centre frequencies in Hz."""
    magnitudes = _magnitudes(model)
    centres_hz = magnitudes.argmax(axis=1) / (magnitudes.shape[1] - 1) * sample_rate_hz / 2
    return np.argsort(centres_hz, kind="stable"), centres_hz


def _magnitudes(model: CAE) -> Levels:
    """Magnitudes of the filters [filters, frequencies], from 0 to half the sample rate."""
    return np.asarray(np.abs(np.fft.rfft(model.filters.detach().numpy(), RESPONSE_POINTS)))


def _draw_rows(figure: SubFigure, inside: Inside, model: CAE, sample_rate_hz: int) -> None:
    order, centres_hz = by_centre(model, sample_rate_hz)
    # The largest sample of each pool: a picture has fewer columns than a frame has samples.
    x1, gated = (
        decibels(np.abs(rows.reshape(len(rows), -1, model.size.pool)).max(axis=2))
        for rows in (inside.x1, inside.gated)
    )
    levels: dict[str, Any] = {"cmap": LEVELS, "vmin": -RANGE_DB, "vmax": 0}
    gates_db = np.maximum(decibels(inside.gate), -RANGE_DB)  # at the edges they are closed
    values: dict[str, Any] = {"cmap": "viridis"}
    panels = (
        ("$X_1$: filtered", x1 - x1.max(), levels, "dB re the largest of $X_1$"),
        ("$Z$: envelopes, pooled", inside.z, values, "value"),
        ("$\\hat{Z}$: gates", gates_db, values, "gain, dB"),
        ("$\\hat{X}_1$: gated", gated - x1.max(), levels, "dB re the largest of $X_1$"),
    )
    all_axes = figure.subplots(1, len(panels), sharey=True)
    for axes, (title, rows, colors, unit) in zip(all_axes, panels, strict=True):
        image = axes.imshow(
            rows[order],
            origin="lower",
            aspect="auto",
            extent=(0, len(inside.dry) / sample_rate_hz * 1000, 0.5, len(order) + 0.5),
            interpolation="nearest",
            **colors,
        )
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("Time (ms)", fontsize=SMALL)
        axes.tick_params(labelsize=SMALL)
        add_bar(figure, image, [axes], unit, location="bottom")
    shown = np.linspace(0, len(order) - 1, 6).round().astype(int)
    all_axes[0].set_yticks(shown + 1, [f"{n + 1}: {centres_hz[order[n]]:.0f} Hz" for n in shown])
    all_axes[0].set_ylabel("Filter, by centre frequency")


def _draw_waveform(axes: Axes, inside: Inside, sample_rate_hz: int) -> None:
    time_ms = np.arange(len(inside.dry)) / sample_rate_hz * 1000
    axes.plot(time_ms, inside.dry, color=INPUT, linewidth=1, label="input")
    axes.plot(time_ms, inside.wet, color=TARGET, linewidth=1.8, label="target")
    axes.plot(time_ms, inside.out, color=OUTPUT, linewidth=0.9, label="output")
    axes.set(title="Waveform", xlabel="Time (ms)", ylabel="Sample, windowed (full scale 1)")
    axes.set_xlim(0, len(inside.dry) / sample_rate_hz * 1000)
    axes.legend(fontsize=SMALL, frameon=False, loc="upper right")
    add_grid(axes)


def _draw_spectrum(axes: Axes, inside: Inside, sample_rate_hz: int) -> None:
    sounds = (inside.dry, inside.wet, inside.out, inside.wet - inside.out)
    dry, wet, out, error = (decibels(np.abs(np.fft.rfft(sound))) for sound in sounds)
    bins_hz = np.linspace(0, sample_rate_hz / 2, len(dry))
    axes.fill_between(bins_hz, error - wet.max(), -200, color=OUTPUT, alpha=0.15, linewidth=0,
                      label="target − output")  # fmt: skip
    axes.plot(bins_hz, dry - wet.max(), color=INPUT, linewidth=1)
    axes.plot(bins_hz, wet - wet.max(), color=TARGET, linewidth=1.8)
    axes.plot(bins_hz, out - wet.max(), color=OUTPUT, linewidth=0.9)
    highest_db = max(0.0, float(dry.max() - wet.max()))
    axes.set(
        title="FFT magnitude",
        xlabel="Frequency (Hz)",
        ylabel="Level (dB re the target's highest)",
        ylim=(-RANGE_DB - 20, highest_db + 5),
    )
    log_frequency(axes, "x", sample_rate_hz)
    axes.legend(fontsize=SMALL, frameon=False, loc="upper right")
    add_grid(axes)
