"""Plots of raters, after figures 2 and 3 of Grachten, Deruty and Tanguy (2018)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from ..ratings import Rating
from ..statistics import correlations, rater_statistics, table

ACCENT = "#b5482a"
INK = "0.25"
BOX: dict[str, Any] = {
    "patch_artist": True,
    "medianprops": {"color": INK},
    "boxprops": {"facecolor": "#e9c7b8", "edgecolor": INK},
    "flierprops": {"marker": ".", "markersize": 4, "markeredgecolor": INK},
}


def draw_raters(ratings: Sequence[Rating], kind: str, path: Path) -> None:
    """Each rater's choices, and the correlations of raters."""
    raters, _, factors = table(ratings)
    chosen = [row[~np.isnan(row)] for row in factors]
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(12, 4.8), layout="constrained", width_ratios=(1.25, 1)
    )
    left.boxplot(chosen, tick_labels=raters, **BOX)
    refused = {one.rater: one.refused for one in rater_statistics(ratings)}
    for place, rater in enumerate(raters, start=1):
        left.text(place, 1.04, str(refused.get(rater, "")), ha="center", fontsize=8, color=INK)
    left.text(0.7, 1.1, "tracks without rating", fontsize=8, color=INK)
    left.set(
        title=f"Factors chosen by {len(raters)} {kind} raters",
        ylabel="attenuation factor",
        ylim=(-0.04, 1.17),
    )
    left.set_yticks(np.linspace(0, 1, 5))
    left.grid(axis="y", alpha=0.3)

    _, matrix = correlations(ratings)
    image = right.imshow(matrix, vmin=0, vmax=1, cmap="magma")
    right.set(title=f"Correlation of {kind} raters")
    right.set_xticks(range(len(raters)), raters, rotation=90)
    right.set_yticks(range(len(raters)), raters)
    figure.colorbar(image, ax=right, label="Pearson's r")
    save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Write a figure without frames around its plots, and close it."""
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=130)
    plt.close(figure)
