"""The gain over time as a picture: of a device, and of the dynamics that were fitted to it."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from ....plugin_core.plots.comparison import ACCENT, INK, PAPER
from .behaviour import GainOverTime

MAX_S = 20.0


def draw_gain(gain: GainOverTime, title: str, path: Path) -> None:
    """Both gains in dB, of at most 20 s."""
    shown = gain.times_s < MAX_S
    figure = Figure(figsize=(11, 3.0), dpi=90, facecolor=PAPER, layout="constrained")
    figure.suptitle(title, fontsize=12, fontweight="bold", color=INK)
    axis = figure.subplots()
    for name, gain_db, colour, width in (
        ("device", gain.device_db, INK, 2.2),
        ("effect", gain.dynamics_db, ACCENT, 1.1),
    ):
        axis.plot(gain.times_s[shown], gain_db[shown], color=colour, linewidth=width, label=name)
    axis.set(xlabel="Time (s)", ylabel="Gain (dB)")
    axis.margins(x=0)
    axis.legend(loc="lower right", frameon=False)
    figure.savefig(path)
