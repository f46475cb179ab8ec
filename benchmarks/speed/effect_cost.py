"""The cost of playing and preparing the shipped effects."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from ...plugin_core import _engine
from ...plugin_core.effect_files.catalog import find_effect
from ...plugin_core.effect_files.loading import load_model
from .callbacks import time_callbacks

EFFECT = "resonance-eq"
HEAD = """## Resonance equalizer: playing and preparing

Inline (the graph runs inside the callback), one core, half a minute of audio each, nothing trimmed.
Most callbacks only move samples; the one that ends a hop runs the graph.

| rate, Hz | channels | block | median, µs | p99, µs | longest, µs | budget, µs | of one core |
|---:|---:|---:|---:|---:|---:|---:|---:|"""


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes no file."""
    rows = []
    for rate_hz, path in sorted(find_effect(EFFECT).files.items()):
        model = load_model(path)
        for channels in (1, 2):
            for block in (128, 512):
                times = time_callbacks(model, rate_hz, channels, block, seconds_of_audio=30)
                rows.append(
                    f"| {rate_hz} | {channels} | {block} | {times.median_us:.0f} | "
                    f"{times.p99_us:.0f} | {times.longest_us:.0f} | {times.budget_us:.0f} | "
                    f"{100 * times.load:.1f} % |"
                )
    return "\n".join([HEAD, *rows, "", _preparation(), ""])


def _preparation() -> str:
    path = str(find_effect(EFFECT).files[48000])
    loads, prepares = [], []
    for _ in range(15):
        start = time.perf_counter()
        model = _engine.Model(path)
        loaded = time.perf_counter()
        _engine.Engine(model).prepare(44100, 2)
        prepares.append(1000 * (time.perf_counter() - loaded))
        loads.append(1000 * (loaded - start))
    return (
        f"Reading, checking and compiling the effect file: median {median(loads):.0f} ms, longest "
        f"{max(loads):.0f} ms. `prepare` for stereo at 44.1 kHz, resampler tables included: median "
        f"{median(prepares):.1f} ms, longest {max(prepares):.1f} ms. 15 times each."
    )
