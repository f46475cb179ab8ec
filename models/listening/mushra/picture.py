"""The plot of a MUSHRA-like test: a box of each sound's scores, and its mean with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from ..results.pictures import ACCENT, BOX, INK, save
from .scores import WORDS, Summary


def draw_scores(labels: Sequence[str], found: Sequence[Summary], kind: str, path: Path) -> None:
    """One row for each sound, the five words of the scale above."""
    figure, axes = plt.subplots(figsize=(9, 1.6 + 0.55 * len(labels)), layout="constrained")
    rows = np.arange(len(labels))
    axes.boxplot(
        [one.values for one in found],
        positions=rows, orientation="horizontal", widths=0.5, tick_labels=labels, **BOX,
    )  # fmt: skip
    for row, one in zip(rows, found, strict=True):
        low, high = one.interval or (one.mean, one.mean)
        axes.errorbar(
            one.mean, row + 0.38, xerr=[[one.mean - low], [high - one.mean]],
            fmt="o", color=ACCENT, markersize=4.5, capsize=3,
            label="mean, 95 % interval" if row == 0 else None,
        )  # fmt: skip
    for edge in range(20, 100, 20):
        axes.axvline(edge, color=INK, alpha=0.25, linewidth=0.8, zorder=0)
    words = axes.secondary_xaxis("top")
    words.set_xticks(range(10, 100, 20), WORDS)
    words.tick_params(length=0)
    words.spines["top"].set_visible(False)
    axes.set(xlim=(-2, 102), ylim=(len(labels) - 0.4, -0.6), xlabel=f"score of {kind} raters")
    axes.tick_params(axis="y", length=0)
    figure.legend(loc="outside lower right", frameon=False, fontsize=8)
    save(figure, path)
