"""What playing an effect costs: processor time on the audio thread and in all, and single calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ...plugin_core import _engine
from ...plugin_core.effect_files.catalog import find_effect
from ...plugin_core.effect_files.loading import load_model
from ..quality.material import Audio, peaking, white_noise

RATE_HZ = 48_000
SOUND_S = 20.0
BLOCK = 64
CALLBACK_BLOCK = 32
INSTANCES = 10


def cost_row(effect: str) -> str:
    """A row of the table: `effect` at attenuation 1, in stereo, on noise with a resonance."""
    sound = peaking(white_noise(SOUND_S, RATE_HZ), RATE_HZ, 1000, gain_db=12, q=20)
    with_worker = _engine_of(effect, worker=True)
    audio_s = _calls_s([with_worker], sound, BLOCK, time.thread_time).sum()
    inline = [_engine_of(effect, worker=False) for _ in range(INSTANCES)]
    every_s = _calls_s(inline, sound, BLOCK, time.process_time).sum()
    all_s = _calls_s(inline[:1], sound, BLOCK, time.process_time).sum()
    calls_us = 1e6 * _calls_s([with_worker], sound, CALLBACK_BLOCK, time.perf_counter)
    return (
        f"| `{effect}` | {with_worker.latency_samples} | {100 * audio_s / SOUND_S:.2f} % | "
        f"{100 * all_s / SOUND_S:.2f} % | {100 * every_s / SOUND_S:.0f} % | "
        f"{np.median(calls_us):.0f} µs | {np.quantile(calls_us, 0.999):.0f} µs |"
    )


def _engine_of(effect: str, *, worker: bool) -> _engine.Engine:
    engine = _engine.Engine(load_model(find_effect(effect).files[RATE_HZ]))
    engine.set_control("attenuation", 1.0)
    engine.prepare(RATE_HZ, 2, worker=worker, max_block_samples=BLOCK)
    return engine


def _calls_s(
    engines: Sequence[_engine.Engine], sound: Audio, block_samples: int, clock: Callable[[], float]
) -> NDArray[np.float64]:
    """Seconds in process() of all engines, block by block; in between workers are waited for."""
    out = np.empty((len(sound), block_samples), np.float32)
    spent_s = []
    for start in range(0, sound.shape[1] - block_samples + 1, block_samples):
        block = np.ascontiguousarray(sound[:, start : start + block_samples])
        began_s = clock()
        for engine in engines:
            engine.process(block, out)
        spent_s.append(clock() - began_s)
        for engine in engines:
            while engine.counters.completed_frames < engine.counters.frames:
                time.sleep(1e-4)
    return np.array(spent_s)
