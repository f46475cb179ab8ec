"""A plot of an automatic control's values over the spectrogram of its input."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke
from numpy.typing import NDArray

from ..atomic_write import atomic_write
from ..audio_files.files import open_audio
from ..audio_files.reading import AudioReader
from ..effect_files.contract import Control
from ..effects.automation import AutomationTrace
from ..errors import Error
from ..samples import Samples
from .comparison import FRAME_SAMPLES, HOP_SAMPLES, INK, PAPER, Power, draw_spectrogram, to_bands

MAX_COLUMNS = 1500
APPLIED, PREDICTED = "#ffffff", "#5ee6ff"


def plot_curve(
    sound: Path, control: Control, trace: AutomationTrace, path: Path, overwrite: bool = True
) -> None:
    """Write a plot of a sound file's spectrogram and, over it, a control's values.

    The file is read a hop at a time, so that an hour takes little more memory than a minute. Raise
    tonecast.Error where the plot cannot be written.
    """
    time_s, power, duration_s = read_spectrogram(sound)
    figure = Figure(figsize=(12, 5.2), dpi=150, facecolor=PAPER, layout="constrained")
    axes = figure.subplots()
    image = draw_spectrogram(axes, time_s, power, float(np.max(power)))
    axes.set(xlabel="Time (s)", xlim=(0, duration_s))
    axes.set_title(f"{control.label}, {sound.name}", fontweight="bold", color=INK, pad=12)
    draw_curve(axes, control, trace, duration_s)
    bar = figure.colorbar(image, ax=axes, pad=0.02, aspect=40)
    bar.set_label("Level (dB re loudest)")
    bar.outline.set_visible(False)
    try:
        with atomic_write(path, overwrite) as draft:
            figure.savefig(draft)
    except OSError as error:
        raise Error(f"{path} cannot be written: {error.strerror}") from None


def draw_curve(axes: Axes, control: Control, trace: AutomationTrace, duration_s: float) -> None:
    """Predicted and applied values, on an axis of their own at the right."""
    curve = axes.twinx()
    until = duration_s + 1e-9  # later values have no effect on the output
    heard = trace.time_s <= until
    time_s = np.append(trace.time_s[heard], duration_s)
    predicted = np.append(trace.predicted[heard], trace.predicted[heard][-1])
    applied = np.append(trace.applied[heard], trace.applied[heard][-1])
    outline = [Stroke(linewidth=4.5, foreground="#000000b0"), Normal()]
    curve.step(time_s, predicted, where="post", color=PREDICTED, linewidth=1, label="predicted")
    curve.plot(time_s, applied, color=APPLIED, linewidth=2.2, label="applied", path_effects=outline)
    unit = f" ({control.unit})" if control.unit else ""
    curve.set(ylim=(control.minimum, control.maximum), ylabel=control.label + unit)
    if control.scale == "log":
        curve.set_yscale("log")
    curve.legend(
        loc="upper right", ncols=2, frameon=True, facecolor="#000000", framealpha=0.6,
        edgecolor="none", labelcolor="#ffffff",
    )  # fmt: skip


def read_spectrogram(sound: Path) -> tuple[NDArray[np.float64], Power, float]:
    """Times of frames in seconds [frames], their power [bands, frames], and the duration in s."""
    window = np.hanning(FRAME_SAMPLES + 1)[:-1]
    with open_audio(sound) as reader:
        rate_hz, samples = reader.samplerate, reader.frames
        hop = max(HOP_SAMPLES, -(-samples // MAX_COLUMNS))
        spectra = [
            np.mean(np.abs(np.fft.rfft(frame * window)) ** 2, axis=0)
            for frame in _frames(reader, hop)
        ]
    ends = hop * np.arange(1.0, len(spectra) + 1)
    time_s = np.asarray((ends - FRAME_SAMPLES / 2) / rate_hz, np.float64)
    return time_s, to_bands(np.stack(spectra, axis=1), rate_hz), samples / rate_hz


def _frames(reader: AudioReader, hop: int) -> Iterator[Samples]:
    """Frames [channels, FRAME_SAMPLES], one per hop, the last one centred on the sound's end."""
    frame = np.zeros((reader.num_channels, FRAME_SAMPLES), dtype=np.float32)
    silent_hops = math.ceil(FRAME_SAMPLES / 2 / hop)
    while silent_hops:
        block: Samples = reader.read(hop)
        silent_hops -= block.shape[1] == 0
        block = np.pad(block, ((0, 0), (0, hop - block.shape[1])))
        frame = np.concatenate([frame, block], axis=1)[:, -FRAME_SAMPLES:]
        yield frame
