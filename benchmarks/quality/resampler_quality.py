"""The engine's resampler compared with soxr: pass-band ripple, alias rejection, speed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import soxr
from numpy.typing import NDArray

from ...plugin_core import _engine

PAIRS_HZ = (
    (44100, 48000),
    (48000, 44100),
    (88200, 44100),
    (96000, 48000),
    (192000, 48000),
    (16000, 48000),
    (22050, 44100),
    (48000, 96000),
    (48000, 16000),
)
HEAD = """## Resampler

Beside soxr at its default quality (HQ), single sines. Ripple: largest deviation from 0 dB below
90.7 % of the lower Nyquist frequency. Rejection: the worst alias or image, in dB below a full-scale
tone. Speed: one channel, one core.

| Hz | ripple, dB | soxr | rejection, dB | soxr | Msamples/s | soxr |
|---|---:|---:|---:|---:|---:|---:|"""
PASSBAND = 0.907  # of the lower Nyquist frequency: 20 kHz at 44.1 kHz
Resample = Callable[[NDArray[np.float32], int, int], NDArray[np.float32]]


def tonecast(x: NDArray[np.float32], from_hz: int, to_hz: int) -> NDArray[np.float32]:
    """The engine's resampler: [n] at from_hz to [about n · to / from] at to_hz."""
    out: NDArray[np.float32] = _engine.testing.resample(x[None], from_hz, to_hz)[0]
    return out


def soxr_hq(x: NDArray[np.float32], from_hz: int, to_hz: int) -> NDArray[np.float32]:
    """Soxr at its default quality."""
    out: NDArray[np.float32] = soxr.resample(x, from_hz, to_hz, quality="HQ")
    return out


def level_db(resample: Resample, frequency_hz: float, from_hz: int, to_hz: int) -> float:
    """Level of a resampled unit sine over that of the sine, away from the ends."""
    t = np.arange(from_hz // 2) / from_hz
    out = resample(np.sin(2 * np.pi * frequency_hz * t).astype(np.float32), from_hz, to_hz)
    middle = out[len(out) // 4 : -len(out) // 4].astype(np.float64)
    window = np.hanning(len(middle))
    rms = np.sqrt(np.sum(window * middle**2) / np.sum(window))
    return float(20 * np.log10(max(rms * np.sqrt(2), 1e-12)))


def ripple_db(resample: Resample, from_hz: int, to_hz: int) -> float:
    """Largest deviation from 0 dB in the pass-band."""
    top_hz = PASSBAND * min(from_hz, to_hz) / 2
    return max(
        abs(level_db(resample, f, from_hz, to_hz)) for f in np.geomspace(50, top_hz, 25).tolist()
    )


def rejection_db(resample: Resample, from_hz: int, to_hz: int) -> float:
    """Rejection of the worst alias, or image for upsampling, in dB."""
    nyquist_hz = min(from_hz, to_hz) / 2
    if to_hz < from_hz:  # tones above the new Nyquist frequency must vanish
        tones = np.linspace(1.001 * nyquist_hz, 0.98 * from_hz / 2, 25).tolist()
        return -max(level_db(resample, f, from_hz, to_hz) for f in tones)
    tones = np.linspace(0.1 * nyquist_hz, PASSBAND * nyquist_hz, 15).tolist()
    return min(_image_rejection_db(resample, f, from_hz, to_hz) for f in tones)


def _image_rejection_db(resample: Resample, frequency_hz: float, from_hz: int, to_hz: int) -> float:
    """For upsampling: everything but the tone is image or noise."""
    t = np.arange(from_hz) / from_hz
    out = resample(np.sin(2 * np.pi * frequency_hz * t).astype(np.float32), from_hz, to_hz)
    middle = out[len(out) // 4 : -len(out) // 4].astype(np.float64)
    power = np.abs(np.fft.rfft(middle * np.blackman(len(middle)) ** 2)) ** 2
    frequencies_hz = np.fft.rfftfreq(len(middle), 1 / to_hz)
    above = frequencies_hz > from_hz / 2
    return float(10 * np.log10(power.max() / max(power[above].max(), 1e-30)))


def megasamples_per_s(resample: Resample, from_hz: int, to_hz: int) -> float:
    """Input samples a second of one channel, median of five runs over ten seconds."""
    x = np.random.default_rng(1).standard_normal(10 * from_hz).astype(np.float32)
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        resample(x, from_hz, to_hz)
        seconds.append(time.perf_counter() - start)
    return len(x) / float(np.median(seconds)) / 1e6


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes resampler.png."""
    rows = [
        f"| {a} → {b} | {ripple_db(tonecast, a, b):.4f} | {ripple_db(soxr_hq, a, b):.4f} | "
        f"{rejection_db(tonecast, a, b):.0f} | {rejection_db(soxr_hq, a, b):.0f} | "
        f"{megasamples_per_s(tonecast, a, b):.0f} | {megasamples_per_s(soxr_hq, a, b):.0f} |"
        for a, b in PAIRS_HZ
    ]
    _draw(out_dir / "resampler.png")
    return "\n".join([HEAD, *rows, "", "![Level of sines after resampling](resampler.png)", ""])


def _draw(path: Path) -> None:
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    for ax, (from_hz, to_hz) in zip(axes, ((48000, 44100), (96000, 48000)), strict=True):
        nyquist_hz = min(from_hz, to_hz) / 2
        tones_hz = np.linspace(0.85 * nyquist_hz, min(1.15 * nyquist_hz, from_hz / 2), 90)
        for name, resample, style in (("tonecast", tonecast, "-"), ("soxr HQ", soxr_hq, "--")):
            levels = [level_db(resample, f, from_hz, to_hz) for f in tones_hz.tolist()]
            ax.plot(tones_hz / 1000, np.maximum(levels, -160), style, label=name)
        ax.axvline(nyquist_hz / 1000, color="0.6", linewidth=0.8)
        ax.annotate(
            "new Nyquist", (nyquist_hz / 1000, -8), ha="left", fontsize=8, color="0.4",
            xytext=(4, 0), textcoords="offset points",
        )  # fmt: skip
        ax.set(
            title=f"{from_hz / 1000:g} → {to_hz / 1000:g} kHz",
            xlabel="frequency of the sine, kHz",
            ylabel="level after resampling, dB",
            ylim=(-165, 5),
        )
        ax.grid(alpha=0.3)
        ax.legend(loc="lower left")
    figure.savefig(path, dpi=130)
    plt.close(figure)
