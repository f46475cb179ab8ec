"""Plots of the predictors' evaluation, after the paper's figure 6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from ...models.listening.results.pictures import ACCENT, BOX, INK, save
from ...models.predictors.training.cross_validation import BASELINE
from .sound import Outcome, best_fixed


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
    save(figure, path)


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
    save(figure, path)
