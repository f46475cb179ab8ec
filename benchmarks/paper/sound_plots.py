"""The papers' figures of a sound: spectrograms and waveshaping curves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import fill

import numpy as np

from ...models.targets import TARGETS
from ...plugin_core.samples import Samples
from .signals import Take
from .style import (
    INPUT,
    LEVELS,
    OUTPUT,
    RANGE_DB,
    SMALL,
    TARGET,
    WIDTH_INCHES,
    Levels,
    add_bar,
    add_grid,
    decibels,
    log_frequency,
    make_figure,
    save,
)

WINDOW_S = 0.08
COLUMNS = 256
SHAPED_S = 0.5
TITLE_CHARACTERS = 44


def draw_spectrograms(take: Take, path: Path) -> None:
    """Power of input, target, output and error, on one scale."""
    rate_hz = take.sample_rate_hz
    sounds = {
        "Input": take.dry,
        "Target": take.wet,
        "Output": take.played,
        "Target − output": take.wet - take.played,
    }
    levels = [_spectrogram(sound, rate_hz) for sound in sounds.values()]
    highest = max(level.max() for level in levels)
    figure = make_figure(3.6)
    all_axes = figure.subplots(1, len(sounds), sharey=True)
    for axes, title, level in zip(all_axes, sounds, levels, strict=True):
        image = axes.pcolormesh(
            np.linspace(0, len(take.dry) / rate_hz, level.shape[1]),
            np.linspace(0, rate_hz / 2, level.shape[0])[1:],
            level[1:] - highest,
            cmap=LEVELS,
            vmin=-RANGE_DB - 20,
            vmax=0,
            shading="nearest",
            rasterized=True,
        )
        axes.set(title=title, xlabel="Time (s)")
    log_frequency(all_axes[0], "y", rate_hz)
    all_axes[0].set_ylabel("Frequency (Hz)")
    add_bar(figure, image, list(all_axes), "Power (dB re the highest of all)")
    save(figure, path)


def draw_waveshaping(takes: Mapping[str, Take], path: Path) -> None:
    """Input sample against output sample, of target and model.

    A panel for each setting; `takes` are by the names of their targets.
    """
    figure = make_figure(4.0, min(WIDTH_INCHES, 0.6 + 3.4 * len(takes)))
    all_axes = figure.subplots(1, len(takes), sharex=True, sharey=True, squeeze=False)[0]
    for axes, (target, take) in zip(all_axes, takes.items(), strict=True):
        some = _loudest(take)
        for sound, color, size, label in (
            (take.wet, TARGET, 7.0, "target"),
            (take.played, OUTPUT, 2.0, "output"),
        ):
            axes.scatter(take.dry[some], sound[some], size, color, linewidths=0, label=label)
        axes.axline((0, 0), slope=1, color=INPUT, linewidth=0.8, linestyle="--")
        title = fill(TARGETS[target].description, TITLE_CHARACTERS)
        axes.set_title(f"{title}\nESR {take.esr_text}", fontsize=9)
        axes.set_xlabel("Input sample (full scale 1)")
        add_grid(axes)
    all_axes[0].set_ylabel("Output sample (full scale 1)")
    all_axes[0].legend(fontsize=SMALL, frameon=False, markerscale=2, loc="upper left")
    save(figure, path)


def _loudest(take: Take) -> slice:
    """Half a second around the highest peak of the input."""
    length = round(SHAPED_S * take.sample_rate_hz)
    start = max(0, int(np.abs(take.dry).argmax()) - length // 2)
    return slice(start, start + length)


def _spectrogram(samples: Samples, sample_rate_hz: int) -> Levels:
    """Levels [frequencies, times] of Hann-windowed frames, padded to twice their length."""
    size = 2 ** round(np.log2(sample_rate_hz * WINDOW_S))
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, size // 2), size)
    chosen = frames[np.linspace(0, len(frames) - 1, COLUMNS).astype(int)]
    return decibels(np.abs(np.fft.rfft(chosen * np.hanning(size + 1)[:-1], 2 * size)).T)
