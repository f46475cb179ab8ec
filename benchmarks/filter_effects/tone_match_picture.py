"""The picture of the tone matcher: its error over time, and how much it wanders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from ...models.tone_match.corpus import MIX
from ...models.tone_match.evaluation import Outcome

COLORS = {"network": "tab:blue", "plain running average": "0.5"}
TIMES_S = np.geomspace(0.1, 45, 60)
FEWEST = 10  # tracks that a mean needs


def draw(outcomes: Sequence[Outcome], path: Path) -> None:
    """Write a PNG: mean error over time on recordings and simulated pieces, and all wanders."""
    figure, axes = plt.subplots(1, 3, figsize=(12, 4), layout="constrained")
    _draw_errors(axes[0], [one for one in outcomes if not one.track.name.startswith(MIX)])
    axes[0].set_title("recordings")
    _draw_errors(axes[1], [one for one in outcomes if one.track.name.startswith(MIX)])
    axes[1].set_title("simulated pieces")
    _draw_wander(axes[2], outcomes)
    for ax in axes:
        ax.grid(alpha=0.3)
    figure.savefig(path, dpi=130)
    plt.close(figure)


def _draw_errors(ax: Axes, outcomes: Sequence[Outcome]) -> None:
    means, times_s = [], []
    for time_s in TIMES_S:
        pairs = [pair for one in outcomes if (pair := one.after(time_s)) is not None]
        if len(pairs) >= FEWEST:
            times_s.append(time_s)
            means.append(np.mean(pairs, axis=0))
    for (name, color), errors in zip(COLORS.items(), np.transpose(means), strict=True):
        ax.plot(times_s, errors, color=color, label=name)
    ax.set(xscale="log", xlabel="heard for (s)", ylabel="distance from the whole track (dB)")
    ax.set_ylim(bottom=0)
    ax.legend()


def _draw_wander(ax: Axes, outcomes: Sequence[Outcome]) -> None:
    average = [one.average_wander_db for one in outcomes]
    network = [one.network_wander_db for one in outcomes]
    ax.plot([0, max(average)], [0, max(average)], color="0.7", linewidth=1)
    ax.scatter(average, network, s=14, color=COLORS["network"])
    ax.set(xlabel="plain running average (dB)", ylabel="network (dB)")
    ax.set_title("wander in half a second, each track")
