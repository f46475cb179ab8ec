"""The common style of the papers' figures: size, colours, axes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import NDArray
from PIL import Image

from ...plugin_core.plots.comparison import ACCENT, INK, PAPER

Levels = NDArray[np.float64]

INPUT, TARGET, OUTPUT = "#9aa0b4", INK, ACCENT
LEVELS = "magma"
RANGE_DB = 60.0
SMALL = 8

WIDTH_INCHES, DPI = 10.0, 110
MIN_HZ = 50.0
TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)


def decibels(amplitude: NDArray[np.floating[Any]]) -> Levels:
    """Amplitudes as levels in dB, of the same shape; zero is −200 dB."""
    return np.asarray(20 * np.log10(np.maximum(amplitude, 1e-10)), np.float64)


def make_figure(height_inches: float, width_inches: float = WIDTH_INCHES) -> Figure:
    """An empty figure, as wide as a page shows at full size."""
    return Figure((width_inches, height_inches), DPI, facecolor=PAPER, layout="constrained")


def even_colors(count: int) -> list[Any]:
    """Colours from low to high."""
    return list(matplotlib.colormaps["viridis"](np.linspace(0, 0.85, count)))


def log_frequency(axes: Axes, which: Literal["x", "y"], sample_rate_hz: int) -> None:
    """Give an axis frequencies from 50 Hz to half the sample rate, in octaves."""
    highest_hz = sample_rate_hz / 2
    every = 2 if which == "x" else 1  # words lie side by side there
    ticks_hz = [hz for hz in TICKS_HZ[::every] if hz <= highest_hz]
    axes.set(**{f"{which}scale": "log", f"{which}lim": (MIN_HZ, highest_hz)})
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator(ticks_hz))
    axis.set_minor_locator(NullLocator())
    axis.set_ticklabels([f"{hz // 1000} k" if hz >= 1000 else str(hz) for hz in ticks_hz])


def add_bar(
    figure: Figure | SubFigure,
    image: Any,
    axes: list[Axes],
    label: str,
    location: Literal["right", "bottom"] = "right",
) -> None:
    """A colour bar beside some axes or below."""
    bar = figure.colorbar(image, ax=axes, location=location, pad=0.015, aspect=28)
    bar.set_label(label, fontsize=SMALL)
    bar.ax.tick_params(labelsize=SMALL)
    bar.outline.set_visible(False)


def add_grid(axes: Axes) -> None:
    """A faint grid instead of a frame."""
    axes.grid(color=INK, alpha=0.12, linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)


def save(figure: Figure, path: Path) -> None:
    """Write a PNG of 256 colours: a third of the size, without a visible difference."""
    figure.savefig(path)
    picture = Image.open(path).convert("RGB")
    # Colours chosen from the whole range, not by how often they occur: scales stay smooth.
    few = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=2)
    few.save(path, optimize=True)
