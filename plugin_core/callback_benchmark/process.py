"""The process that measures one case of `tonecast bench`, given as JSON; prints rows as JSON.

Nothing else runs in it, and the parent starts it with the allocation counter preloaded.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from .. import _engine
from ..effect_files.loading import load_model
from ..errors import Error
from ..samples import Samples
from ..synthesizer import pluck
from .benchmark import IDENTITY, NOTHING, PYTHON, Case, EntryParameters, Row, find_file, find_played

REPORT_INTERVAL_S = 0.25
SOUND_S = 4.0
CHORD_HZ = (110.0, 164.8, 220.0, 261.6, 329.6, 440.0, 523.3, 659.3)
LEVEL = 0.2  # linear, of each string


def main() -> None:
    """Measure, and print a JSON object per line: rows, or an error."""
    os.environ.pop("LD_PRELOAD", None)  # not for child processes
    try:
        for row in measure_here(Case(**json.loads(sys.argv[1]))):
            print(json.dumps(asdict(row), allow_nan=False), flush=True)
    except Error as error:
        print(json.dumps({"error": str(error)}), flush=True)


def measure_here(case: Case) -> Iterator[Row]:
    """The row so far, several times, and the complete one. Raise tonecast.Error."""
    driven = prepare(case)
    bench = driven.bench
    bench.start()
    try:
        while not bench.finished:
            time.sleep(REPORT_INTERVAL_S)
            if bench.report.played_blocks and not bench.finished:
                yield make_row(case, driven)
    finally:
        bench.stop()
    if bench.failure:
        raise Error(f"{case.effect} failed: {bench.failure}")
    yield make_row(case, driven)


@dataclass(frozen=True)
class Driven:
    """A running benchmark, and its model, or `backend` where it plays none of the engine's."""

    bench: _engine.Bench
    latency_samples: int
    backend: str = ""
    model: _engine.Model | None = None

    def played_by(self) -> tuple[str, str, list[str]]:
        """Backend and device that play now, and why models run on the CPU instead of a GPU."""
        if self.model is None:
            return self.backend, "cpu", []
        loaded, playing = self.model.played_by, self.bench.engine.played_by
        reasons = [by.fallback_reason for by in (loaded, *playing) if by.fallback_reason]
        return loaded.backend, playing[0].device if playing else loaded.device, reasons


def prepare(case: Case) -> Driven:
    """Load and prepare a case. Raise tonecast.Error where it cannot be played."""
    blocks = max(1, math.ceil(case.duration_s * case.rate_hz / case.block))
    drive = (case.rate_hz, case.block, blocks, case.paced)
    if case.effect == NOTHING:
        return Driven(_engine.Bench(None, *drive), 0, "none")
    sound = play_chords(case.channels, case.rate_hz)
    path, contract = find_file(case)
    if case.backend == PYTHON:
        from .python_baseline import PythonBaseline  # onnxruntime's own Python package

        baseline = PythonBaseline(path, contract, case.channels)
        blocks_of_sound = cut_endlessly(sound, case.block)
        bench = _engine.Bench(lambda: baseline.process(next(blocks_of_sound)), *drive)
        return Driven(bench, baseline.latency_samples, PYTHON)
    if case.effect == IDENTITY:
        model = _engine.Model.identity(_engine.EffectFile(path).contract_json)
    else:
        model = load_model(path, case.backend, case.device)
    bench = _engine.Bench(model, sound, *drive, case.mode == "worker", case.hop_size_samples)
    EntryParameters(find_played(case.effect), case.settings, case.device).apply(bench.engine)
    return Driven(bench, bench.latency_samples, model=model)


def make_row(case: Case, driven: Driven) -> Row:
    """The row of what has been measured so far."""
    bench, latency_samples = driven.bench, driven.latency_samples
    report, counters = bench.report, bench.counters
    callbacks, wake_ups = bench.callbacks, bench.wake_ups
    budget_us = 1e6 * case.block / case.rate_hz
    p999_us = callbacks.percentile_us(0.999)
    woke = len(wake_ups) > 0
    backend, device, fallback_reasons = driven.played_by()
    return Row(
        effect=case.effect,
        backend=backend,
        device=device,
        mode=case.mode,
        block=case.block,
        rate_hz=case.rate_hz,
        channels=case.channels,
        paced=case.paced,
        callbacks=len(callbacks),
        p50_us=callbacks.percentile_us(0.5),
        p99_us=callbacks.percentile_us(0.99),
        p999_us=p999_us,
        max_us=callbacks.longest_us,
        budget_us=budget_us,
        budget_share=p999_us / budget_us,
        misses=report.misses,
        overruns=report.overruns,
        skipped_blocks=report.skipped_blocks,
        frames=None if case.backend == PYTHON else counters.frames,
        late_frames=counters.late_frames,
        bad_frames=counters.bad_frames,
        predictions=counters.predictions,
        late_predictions=counters.late_predictions,
        bad_predictions=counters.bad_predictions,
        longest_prediction_us=counters.longest_prediction_us,
        allocations=report.allocations,
        frees=report.frees,
        latency_samples=latency_samples,
        latency_ms=1000 * latency_samples / case.rate_hz,
        wake_p50_us=wake_ups.percentile_us(0.5) if woke else None,
        wake_p99_us=wake_ups.percentile_us(0.99) if woke else None,
        wake_p999_us=wake_ups.percentile_us(0.999) if woke else None,
        wake_max_us=wake_ups.longest_us if woke else None,
        missed_start_deadlines=(
            wake_ups.count_above(max(0.0, budget_us - case.needs_us)) + report.skipped_blocks
            if woke
            else None
        ),
        priority=report.has_priority,
        settings=case.settings,
        fallback_reasons=fallback_reasons,
    )


def play_chords(channels: int, rate_hz: int) -> Samples:
    """Plucked strings [channels, samples], in another order in each channel, never silent."""
    samples = round(SOUND_S * rate_hz)
    sound = np.zeros((channels, samples))
    rng = np.random.default_rng(1)
    strings = [LEVEL * pluck(hz, SOUND_S, rate_hz, rng) for hz in CHORD_HZ]
    for channel in range(channels):
        for turn in range(len(strings)):
            string = strings[(turn + 3 * channel) % len(strings)]
            sound[channel] += np.roll(string, turn * samples // len(strings))
    return sound.astype(np.float32)


def cut_endlessly(sound: Samples, block: int) -> Iterator[Samples]:
    """Blocks [channels, block] of a looped sound [channels, samples], without end."""
    samples = sound.shape[1]
    endless = np.concatenate([sound, np.take(sound, range(block), axis=1, mode="wrap")], axis=1)
    at = 0
    while True:
        yield endless[:, at : at + block]
        at = (at + block) % samples


if __name__ == "__main__":
    main()
