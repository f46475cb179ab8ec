"""A plot of the gain over time: of a device, and of the dynamics fitted to it."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from ....plugin_core.plots.comparison import ACCENT, INK, PAPER
from .behaviour import GainOverTime


def draw_gain_over_time(gains: GainOverTime, title: str, path: Path) -> None:
    """Both, on one scale, and a PNG or whatever the path ends in."""
    figure = Figure(figsize=(11, 3.2), dpi=90, facecolor=PAPER, layout="constrained")
    figure.suptitle(title, fontsize=12, fontweight="bold", color=INK)
    axis = figure.subplots()
    axis.plot(gains.times_s, gains.device_db, color=INK, linewidth=1.6, label="Device")
    axis.plot(gains.times_s, gains.dynamics_db, color=ACCENT, linewidth=0.9, label="Effect")
    axis.set(xlabel="Time (s)", ylabel="Gain behind the filter (dB)")
    axis.set_xlim(0, float(gains.times_s[-1]))
    axis.grid(color=INK, alpha=0.12, linewidth=0.5)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=8)
    figure.savefig(path)
