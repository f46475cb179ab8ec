"""How much a capture aliases, and what oversampling and its filters change.

    python -m tonecast.benchmarks.captures.aliasing [FILE …]

It writes results/ALIASING.md and aliasing.png, and without files takes ../shared/captures.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from ...plugin_core import Effect
from ...plugin_core.samples import Samples
from .. import machine

RATE_HZ = 48000
SECONDS = 1.0
LEVEL_DB = -12.0
TONES_HZ = (997, 1993, 3001, 4001, 5003, 7001, 8999)  # primes: what folds down falls beside
TIMES = (1, 2, 4, 8)
BAND_HZ = 20000.0
SHARED = machine.ROOT.parent / "shared" / "captures"
NAMES = {
    "wavenet_a1_standard.nam": "A1 standard",
    "A2.nam": "A2 full",
    "made_nano.nam": "A1 nano",
    "made_lstm_1x16.nam": "LSTM 1 × 16",
}
PAGE = """# Aliasing of captures

`python -m tonecast.benchmarks.captures.aliasing` writes this page.

A sine of {level:g} dBFS through a capture at {rate} Hz. What is no harmonic of it, from 20 Hz to
20 kHz, is aliased; here its power over that of the harmonics, in dB. The last columns are the mean
over all tones.

{tables}

With "low latency" half-band filters convert the rates, which look at nothing ahead: no latency.

With "linear phase" resamplers do.

| oversampling | low latency, samples | linear phase, samples |
|---|---:|---:|
{latencies}

![A swept sine through A1 standard](aliasing.png)

*{stamp}*
"""


def main(paths: list[Path]) -> None:
    """Measure, and write page and picture."""
    captures = {path.stem: path for path in paths} or {
        label: SHARED / name for name, label in NAMES.items() if (SHARED / name).exists()
    }
    if not captures:
        sys.exit("there are no captures in ../shared/captures; name some files")
    tables = []
    for linear_phase in (False, True):
        how = "Linear phase" if linear_phase else "Low latency"
        tables += [f"## {how}", "", _table(captures, linear_phase), ""]
    latencies = []
    some = next(iter(captures.values()))
    for times in TIMES:
        cells = (
            Effect(some, oversampling=times, linear_phase=linear).latency_samples(RATE_HZ)
            for linear in (False, True)
        )
        latencies.append(f"| {times} × | {' | '.join(map(str, cells))} |")
    results = machine.ROOT / "benchmarks" / "results"
    _picture(next(iter(captures.values())), results / "aliasing.png")
    page = results / "ALIASING.md"
    page.write_text(
        PAGE.format(
            level=LEVEL_DB,
            rate=RATE_HZ,
            tables="\n".join(tables).rstrip(),
            latencies="\n".join(latencies),
            stamp=f"{date.today().isoformat()}, {machine.describe()}",
        )
    )
    print(page.read_text())


def _table(captures: dict[str, Path], linear_phase: bool) -> str:
    tones = " | ".join(f"{tone_hz} Hz" for tone_hz in TONES_HZ)
    rows = [f"| | | {tones} | mean |", f"|---|---|{'---:|' * (len(TONES_HZ) + 1)}"]
    for label, path in captures.items():
        for times in TIMES:
            effect = Effect(path, oversampling=times, linear_phase=linear_phase)
            ratios = [aliased_db(effect, tone_hz) for tone_hz in TONES_HZ]
            cells = " | ".join(f"{ratio:.0f}" for ratio in (*ratios, float(np.mean(ratios))))
            rows.append(f"| {label} | {times} × | {cells} |")
    return "\n".join(rows)


def aliased_db(effect: Effect, tone_hz: float) -> float:
    """Power of what is no harmonic over that of the harmonics, up to 20 kHz, in dB."""
    samples = round(SECONDS * RATE_HZ)
    bins = round(tone_hz * SECONDS)  # a whole number of periods: each harmonic is one bin
    phase = 2 * np.pi * bins * np.arange(2 * samples) / samples
    tone = (10 ** (LEVEL_DB / 20) * np.sin(phase)).astype(np.float32)
    settled = effect(tone[None], RATE_HZ)[0, samples // 2 : samples // 2 + samples]
    power = np.abs(np.fft.rfft(settled)) ** 2
    band = power[: round(BAND_HZ * SECONDS)]
    is_harmonic = np.arange(len(band)) % bins == 0
    is_aliased = ~is_harmonic
    is_aliased[:20] = False
    harmonics = band[is_harmonic][1:].sum()
    return float(10 * np.log10(band[is_aliased].sum() / harmonics))


def _picture(path: Path, out: Path) -> None:
    samples = 4 * RATE_HZ
    end_hz = 15000.0
    seconds = np.arange(samples) / RATE_HZ
    phase = 2 * np.pi * (end_hz - 100) * seconds**2 / (2 * 4) + 2 * np.pi * 100 * seconds
    sweep: Samples = (10 ** (LEVEL_DB / 20) * np.sin(phase)).astype(np.float32)
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), sharey=True, layout="constrained")
    for axis, times in zip(axes, (1, 2, 8), strict=True):
        out_sound = Effect(path, oversampling=times)(sweep[None], RATE_HZ)[0]
        axis.specgram(out_sound + 1e-9, NFFT=1024, noverlap=768, Fs=RATE_HZ, vmin=-140, vmax=-40,
                      cmap="magma")  # fmt: skip
        axis.set(title=f"{times} ×", xlabel="s")
    axes[0].set_ylabel("Hz")
    figure.suptitle("Sine from 100 Hz to 15 kHz in 4 s through a capture, by oversampling")
    figure.savefig(out, dpi=110)
    plt.close(figure)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
