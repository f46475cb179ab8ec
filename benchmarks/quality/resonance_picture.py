"""The plot of the resonance equalizer's quality."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from .resonance_findings import (
    ATTENUATIONS,
    FREQUENCIES_HZ,
    KINDS,
    PROFILE_OCTAVES,
    THIRD_OCTAVES_HZ,
    USUAL,
    WIDTHS_OCTAVES,
    Findings,
    Setting,
)

GOAL: dict[str, Any] = {"color": "0.45", "linewidth": 1, "linestyle": ":"}

# Offsets of the widths' labels, in points: those of wide ones would overlap.
WIDTH_LABELS: dict[float, tuple[tuple[int, int], str]] = {
    0.3: ((-7, 0), "right"),
    0.6: ((-7, 4), "right"),
    1.0: ((3, -10), "left"),
    1.5: ((8, 3), "left"),
}


def draw(findings: Findings, path: Path) -> None:
    """Write a PNG with four panels: the resonance left, removed, on noise, and over width."""
    figure, axes = plt.subplots(2, 2, figsize=(11, 8), layout="constrained")
    _draw_left(axes[0, 0], findings)
    _draw_removed(axes[0, 1], findings)
    _draw_noise(axes[1, 0], findings)
    _draw_widths(axes[1, 1], findings)
    for ax in axes.flat:
        ax.grid(alpha=0.3)
    figure.savefig(path, dpi=130)
    plt.close(figure)


def _draw_left(ax: Axes, findings: Findings) -> None:
    ax.plot(PROFILE_OCTAVES, _peaking_db(), "k--", linewidth=1, label="0")
    colors = plt.get_cmap("viridis")(np.linspace(0.85, 0.1, len(ATTENUATIONS)))
    for attenuation, color in zip(ATTENUATIONS, colors, strict=True):
        profiles = [
            r.profile_db
            for r in findings.resonances
            if (r.kind, r.setting) == ("music", Setting(attenuation))
        ]
        ax.plot(PROFILE_OCTAVES, np.median(profiles, axis=0), color=color, label=f"{attenuation:g}")
    ax.set(
        title="What is left of a resonance, music",
        xlabel="octaves from the resonance",
        ylabel="resonant over clean recording, dB",
    )
    ax.legend(title="attenuation")


def _peaking_db() -> NDArray[np.float64]:
    """The analogue prototype of the +12 dB, Q 20 peaking filter."""
    amplitude, q = 10 ** (12 / 40), 20
    s = 1j * 2**PROFILE_OCTAVES
    response = (s**2 + s * amplitude / q + 1) / (s**2 + s / (amplitude * q) + 1)
    return np.asarray(20 * np.log10(np.abs(response)))


def _draw_removed(ax: Axes, findings: Findings) -> None:
    factors = (0.0, *ATTENUATIONS)
    for kind, style in zip(KINDS, ("-", "--"), strict=True):
        for f, color in zip(FREQUENCIES_HZ, ("C0", "C1", "C2", "C3"), strict=True):
            medians = [np.median(findings.removed_db(kind, Setting(a), f)) for a in ATTENUATIONS]
            label = f"{f} Hz, {kind}"
            ax.plot(
                factors, [0, *medians], style, marker="o", markersize=3, color=color, label=label
            )
    ax.axhline(5, **GOAL)
    ax.annotate("goal at attenuation 1", (0, 5), xytext=(2, 3), textcoords="offset points",
                fontsize=8, color="0.45")  # fmt: skip
    ax.set(
        title="Removed beyond the recording's own loss",
        xlabel="attenuation",
        ylabel="removed in a tenth of an octave, dB (median)",
        xlim=(-0.02, 1.02),
    )
    ax.set_ylim(0, 1.35 * ax.get_ylim()[1])  # room for the legend
    ax.legend(fontsize=8, ncols=2, loc="upper left")


def _draw_noise(ax: Axes, findings: Findings) -> None:
    for noise in findings.noises:
        ax.semilogx(THIRD_OCTAVES_HZ, noise.thirds_db, marker="o", markersize=3, label=noise.name)
    for edge_db in (-1, 1):
        ax.axhline(edge_db, **GOAL)
    ax.set(
        title="Steady noise at attenuation 0.5",
        xlabel="frequency of the third octave, Hz",
        ylabel="change, dB",
        ylim=(-1.5, 1.5),
    )
    ax.legend(loc="lower left")


def _draw_widths(ax: Axes, findings: Findings) -> None:
    for kind, color in zip(KINDS, ("C0", "C1"), strict=True):
        removed = [
            float(np.median(findings.removed_db(kind, Setting(1.0, width), *FREQUENCIES_HZ)))
            for width in WIDTHS_OCTAVES
        ]
        lost = [
            float(np.median([c.loss_db for c in findings.cost(kind, Setting(USUAL, width))]))
            for width in WIDTHS_OCTAVES
        ]
        ax.plot(lost, removed, marker="o", markersize=4, color=color, label=kind)
        for width, x, y in zip(WIDTHS_OCTAVES, lost, removed, strict=True):
            offset, align = WIDTH_LABELS[width]
            ax.annotate(
                f"{width:.2g} oct.",
                (x, y),
                offset,
                textcoords="offset points",
                ha=align,
                va="center",
                fontsize=8,
            )
    ax.axvline(1.5, **GOAL)
    ax.annotate(
        "goal for music",
        (1.5, 0.02),
        (3, 0),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        fontsize=8,
        color="0.45",
    )
    ax.margins(x=0.18, y=0.12)
    ax.set(
        title="Smoothing width: finding resonances or sparing the rest",
        xlabel=f"lost by clean recordings at attenuation {USUAL}, dB (median)",
        ylabel="removed from resonances at 1, dB (median)",
    )
    ax.legend(loc="lower right")
