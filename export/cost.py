"""What an effect costs to play: a share of one core."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from ..plugin_core import _engine
from ..plugin_core.effect_files.contract import Contract
from ..plugin_core.effect_files.loading import load_model

BLOCK_SAMPLES = 64
SECONDS = 1.0
ROUNDS = 3  # other programs interrupt one or the other


def core_share(effect_path: Path, sample_rate_hz: int) -> float:
    """Of a core's time, to play mono, or the channels that belong together: the median block's.

    Blocks have 64 samples, or as many as the effect computes at once: of shorter ones most are
    cheap.
    """
    model = load_model(effect_path)
    contract = Contract.from_json(model.contract_json)
    size, channels = max(BLOCK_SAMPLES, contract.hop_size_samples), contract.channels or 1
    engine = _engine.Engine(model)
    engine.prepare(sample_rate_hz, channels)
    count = int(SECONDS * sample_rate_hz / size)
    sound = np.random.default_rng(1).uniform(-0.1, 0.1, (count, channels, size))
    blocks = sound.astype(np.float32)
    out = np.empty((channels, size), np.float32)
    medians_s = []
    for _ in range(ROUNDS):
        times_s = []
        for block in blocks:
            begin_s = time.perf_counter()
            engine.process(block, out)
            times_s.append(time.perf_counter() - begin_s)
        medians_s.append(float(np.median(times_s)))
    return min(medians_s) * sample_rate_hz / size
