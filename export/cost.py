"""What an effect costs to play: a share of one core."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from ..plugin_core import _engine
from ..plugin_core.effect_files.loading import load_model

BLOCK_SAMPLES = 64
SECONDS = 1.0
ROUNDS = 3  # other programs interrupt one or the other


def core_share(effect_path: Path, sample_rate_hz: int) -> float:
    """Of a core's time, to play mono in blocks of 64 samples at that rate; the median block's."""
    engine = _engine.Engine(load_model(effect_path))
    engine.prepare(sample_rate_hz, 1)
    count = int(SECONDS * sample_rate_hz / BLOCK_SAMPLES)
    sound = np.random.default_rng(1).uniform(-0.1, 0.1, (count, 1, BLOCK_SAMPLES))
    blocks = sound.astype(np.float32)
    out = np.empty((1, BLOCK_SAMPLES), np.float32)
    medians_s = []
    for _ in range(ROUNDS):
        times_s = []
        for block in blocks:
            begin_s = time.perf_counter()
            engine.process(block, out)
            times_s.append(time.perf_counter() - begin_s)
        medians_s.append(float(np.median(times_s)))
    return min(medians_s) * sample_rate_hz / BLOCK_SAMPLES
