"""The picture of a sound system that rings, and of one that is kept from it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from .loop import RATE_HZ, RINGING_DB, Audio, Played


def draw(
    played: Mapping[str, Played], excess: Mapping[str, Audio], gain_db: float, path: Path
) -> None:
    """Write a PNG: a spectrogram of the loudspeaker for each method, and their levels."""
    figure, axes = plt.subplots(2, 2, figsize=(11, 7), layout="constrained")
    for ax, (name, one) in zip(axes.flat, played.items(), strict=False):
        ax.specgram(one.loudspeaker + 1e-9, 2048, RATE_HZ, noverlap=1536, vmin=-150, vmax=-40)
        ax.set(title=name, xlabel="time (s)", ylabel="frequency (Hz)", ylim=(0, 8000))
    ax = axes[1, 1]
    for name, db in excess.items():
        ax.plot(0.5 * np.arange(len(db)) + 0.25, db, label=name)
    ax.axhline(RINGING_DB, color="0.5", linestyle=":", linewidth=1)
    ax.set(xlabel="time (s)", ylabel="louder than without feedback (dB)")
    ax.set_title(f"amplifier {gain_db:+g} dB")
    ax.grid(alpha=0.3)
    ax.legend()
    figure.savefig(path, dpi=80)
    plt.close(figure)
