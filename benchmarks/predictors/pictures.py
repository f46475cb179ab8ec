"""Plots of the predictors' evaluation, after the paper's figures 2, 3 and 6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from ...models.listening.ratings import Rating
from ...models.listening.statistics import correlations, rater_statistics, table
from ...models.predictors.training.cross_validation import BASELINE
from .sound import Outcome, best_fixed

ACCENT = "#b5482a"
INK = "0.25"
BOX = {
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
    _save(figure, path)


def draw_msbe(scores: Mapping[str, Sequence[float]], kind: str, path: Path) -> None:
    """Box plot of all runs, and each run relative to the baseline of the same fold."""
    names = list(scores)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.5), layout="constrained")
    left.boxplot([scores[name] for name in names], tick_labels=names, **BOX)
    left.plot(
        range(1, len(names) + 1),
        [np.mean(scores[name]) for name in names],
        "D",
        color=ACCENT,
        label="mean",
    )
    left.set(title=f"Cross-validation, {kind} ratings", ylabel="MSBE(35, 65)", ylim=(0, None))
    left.legend()
    baseline = np.array(scores[BASELINE])
    networks = [name for name in names if name != BASELINE]
    right.boxplot(
        [np.array(scores[name]) / baseline for name in networks], tick_labels=networks, **BOX
    )
    right.axhline(1, color=INK, linestyle=":", label="baseline")
    right.set(title="Each fold beside its baseline", ylabel="MSBE of baseline", ylim=(0, None))
    right.legend()
    for axes in (left, right):
        axes.grid(axis="y", alpha=0.3)
    _save(figure, path)


def draw_sound(outcomes: Sequence[Outcome], kind: str, path: Path) -> None:
    """Distance of each held-out track from its clean version, before and after."""
    resonant = [outcome for outcome in outcomes if outcome.track.presets]
    clean = [outcome for outcome in outcomes if not outcome.track.presets]
    names = [followed.predictor for followed in resonant[0].followed]
    factor, _ = best_fixed(resonant)
    step = round(factor * (len(resonant[0].fixed_db) - 1))
    columns = {
        "unprocessed": [outcome.unprocessed_db for outcome in resonant],
        f"always {factor:.3g}": [float(outcome.fixed_db[step]) for outcome in resonant],
        **{
            f"auto\n{name}": [outcome.followed[i].distance_db for outcome in resonant]
            for i, name in enumerate(names)
        },
        "best of\neach track": [outcome.best_db for outcome in resonant],
    }
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(12, 4.8), layout="constrained", width_ratios=(1.2, 1)
    )
    left.boxplot(list(columns.values()), tick_labels=list(columns), **BOX)
    left.plot(
        range(1, len(columns) + 1),
        [np.mean(values) for values in columns.values()],
        "D",
        color=ACCENT,
        label="mean",
    )
    left.set(
        title=f"{len(resonant)} held-out tracks with resonances",
        ylabel="distance to the clean version, dB",
        ylim=(0, None),
    )
    left.legend()
    left.grid(axis="y", alpha=0.3)

    for i, name in enumerate(names):
        best = [
            float(outcome.fixed_db.argmin()) / (len(outcome.fixed_db) - 1) for outcome in resonant
        ]
        mean = [float(outcome.followed[i].factors.mean()) for outcome in resonant]
        right.plot(best, mean, ".", markersize=9, label=name, color=f"C{i}")
        right.plot(
            np.zeros(len(clean)) - 0.02,
            [float(outcome.followed[i].factors.mean()) for outcome in clean],
            "x",
            color=f"C{i}",
            label=f"{name}, clean tracks",
        )
    right.plot([0, 1], [0, 1], color=INK, linestyle=":")
    right.set(
        title=f"Predictors trained on {kind} ratings",
        xlabel="best factor of the track",
        ylabel="mean predicted factor",
        xlim=(-0.05, 1.02),
        ylim=(-0.02, 1.02),
    )
    right.legend(fontsize=8)
    right.grid(alpha=0.3)
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=130)
    plt.close(figure)
