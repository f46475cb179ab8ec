"""The plot of the durations of a kernel's stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from ...plugin_core.plots.comparison import ACCENT, INK, PAPER

Stages = Mapping[str, Sequence[float]]  # µs of each frame

ROWS, FRAME, POOLS, SPECTRUM = 128, 1024, 64, 257 * 4 * 128 * 4  # the last in bytes
_FFT = ROWS * 5 * 512 * 9  # floating-point operations of one transform of all rows
_PRODUCTS = ROWS * 257 * 16

# Work of a frame, [floating-point operations, bytes of constants], by route and stage.
DIRECT = {
    "analyse": (2 * ROWS * 64 * FRAME, 0),
    "smooth": (2 * ROWS * 128 * FRAME, 0),
    "local dense": (2 * ROWS * POOLS * POOLS, 0),  # its weights are fetched ahead
}
FAST = {
    "analyse": (_FFT + _FFT // 3 + _PRODUCTS, SPECTRUM),
    "smooth": (_FFT + _FFT * 2 // 3 + _PRODUCTS, SPECTRUM),
    "edges": (2 * ROWS * (32 * 32 + 64 * 64), 0),
    "local dense": (2 * ROWS * POOLS * POOLS, 2 * ROWS * POOLS * POOLS),  # 16 bits a weight
}
COMMON = {
    "shared dense": (2 * ROWS * POOLS * POOLS, 0),
    "synthesise": (2 * ROWS * POOLS * 80, 0),
    "first dense": (2 * ROWS * POOLS * ROWS, 0),
    "other dense": (2 * FRAME * (128 * 64 + 64 * 64 + 64 * 128), 0),
    "dense synthesis": (2 * FRAME * ROWS * 64, 0),
}


def plot_stages(cases: Mapping[str, Stages], limits: Mapping[str, float], path: Path) -> None:
    """A panel for each case: median duration of each stage, and the least possible."""
    figure = Figure(figsize=(12, 7), dpi=150, facecolor=PAPER, layout="constrained")
    axes = figure.subplots(2, -(-len(cases) // 2), squeeze=False, sharex="col")
    for axis, (title, stages) in zip(axes.T.flat, cases.items(), strict=False):
        medians = {name: float(np.median(us)) for name, us in stages.items()}
        shown = {name: us for name, us in medians.items() if us >= 0.5}
        names = list(shown)
        if title.startswith("CAFx"):  # this stage only stores rows there
            names = [name for name in names if name != "synthesise"]
        places = range(len(names))
        axis.barh(places, [shown[name] for name in names], color=INK, height=0.6)
        work = {**COMMON, **(DIRECT if "exact" in title else FAST)}
        for place, name in zip(places, names, strict=True):
            flops, constants = work.get(name, (0, 0))
            least_us = max(flops / limits["gflops"], constants / limits["4096 KiB"]) / 1000
            if least_us:
                axis.plot([least_us] * 2, [place - 0.36, place + 0.36], color=ACCENT, lw=2.5)
            end_us = max(shown[name], least_us)
            axis.text(end_us, place, f"  {shown[name]:.0f}", va="center", color=INK, size=9)
        axis.set_yticks(list(places), names)
        axis.invert_yaxis()
        axis.spines[["top", "right"]].set_visible(False)
        total = sum(medians.values())
        axis.set_title(f"{title}: {total:.0f} µs a frame", loc="left", color=INK)
        axis.margins(x=0.12)
    for axis in axes[-1]:
        axis.set_xlabel("µs a frame; the red mark is the least possible on this machine")
    figure.savefig(path)
