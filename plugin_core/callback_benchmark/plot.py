"""Plot of the callbacks' durations against their blocks' durations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ..plots.comparison import ACCENT, INK, PAPER
from .benchmark import Row

TOO_LATE = "#ececf1"


def plot_tails(rows: Sequence[Row], machine: str, path: Path) -> None:
    """Write one panel for each effect, backend and mode: median to longest over the block size."""
    series: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        series.setdefault((row.effect, row.backend, row.mode), []).append(row)
    columns = min(3, len(series))
    lines = -(-len(series) // columns)
    figure = Figure(
        figsize=(2.2 + 4.0 * columns, 0.9 + 3.6 * lines),
        dpi=150,
        facecolor=PAPER,
        layout="constrained",
    )
    first = rows[0]
    driven = "paced in real time" if first.paced else "free-running"
    channels = "1 channel" if first.channels == 1 else f"{first.channels} channels"
    figure.suptitle(
        f"Callback time, {first.rate_hz} Hz, {channels}, {driven}", fontweight="bold", color=INK
    )
    figure.supxlabel(f"Block (samples)\n{machine}", fontsize=9, color=INK)
    figure.supylabel("µs", fontsize=10, color=INK)
    panels = list(figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False).flat)
    blocks = sorted({row.block for row in rows})
    fastest_us = min(row.p50_us for row in rows)
    slowest_us = max(max(row.max_us, row.budget_us) for row in rows)
    for panel, (name, group) in zip(panels, series.items(), strict=False):
        _draw(panel, ", ".join(name), sorted(group, key=lambda row: row.block))
        panel.set(
            xscale="log", yscale="log", ylim=(fastest_us / 2, slowest_us * 2),
            xlim=(blocks[0] / 1.25, blocks[-1] * 1.25),
        )  # fmt: skip
        panel.xaxis.set_major_locator(FixedLocator(blocks))
        panel.xaxis.set_minor_locator(NullLocator())
        panel.xaxis.set_major_formatter(FuncFormatter(lambda block, _: f"{block:.0f}"))
        panel.yaxis.set_major_formatter(FuncFormatter(lambda us, _: f"{us:g}"))
        panel.tick_params(labelsize=8)
    for panel in panels[len(series) - columns : len(series)]:  # the lowest of each column
        panel.tick_params(labelbottom=True)
    for panel in panels[len(series) :]:
        panel.set_visible(False)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", frameon=False, fontsize=9)
    figure.savefig(path)


def _draw(panel: Any, title: str, rows: Sequence[Row]) -> None:
    blocks = [row.block for row in rows]
    panel.set_title(title, fontsize=10, color=INK)
    edges = np.array([1.0, 1e5])
    budget_us = edges * 1e6 / rows[0].rate_hz
    panel.fill_between(edges, budget_us, 1e9, color=TOO_LATE, linewidth=0, zorder=0)
    panel.plot(edges, budget_us, color=INK, linewidth=1.2, label="budget")
    panel.fill_between(
        blocks,
        [row.p50_us for row in rows],
        [row.p999_us for row in rows],
        color=ACCENT,
        alpha=0.18,
        linewidth=0,
    )
    for label, values, style in (
        (
            "max",
            [row.max_us for row in rows],
            {"linestyle": "none", "marker": "_", "markersize": 8},
        ),
        (
            "p99.9",
            [row.p999_us for row in rows],
            {"linewidth": 1.8, "marker": "o", "markersize": 3.5},
        ),
        ("p99", [row.p99_us for row in rows], {"linewidth": 1.0, "linestyle": "--"}),
        ("p50", [row.p50_us for row in rows], {"linewidth": 1.0, "linestyle": ":"}),
    ):
        panel.plot(blocks, values, color=ACCENT, label=label, **style)
    too_long = [row for row in rows if row.overruns]  # other misses are not caused by the callback
    panel.plot(
        [row.block for row in too_long],
        [row.max_us for row in too_long],
        linestyle="none", marker="x", color=INK, label="overruns",
    )  # fmt: skip
    panel.grid(color=INK, alpha=0.12, linewidth=0.5)
    panel.spines[["top", "right"]].set_visible(False)
