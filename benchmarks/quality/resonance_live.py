"""The resonance equalizer's two forms, in frames and as a filter without latency, side by side.

    python -m tonecast.benchmarks.quality.resonance_live

It writes results/RESONANCE_LIVE.md. All sound goes through the engine; of music the first seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from rich.progress import track

from ...plugin_core import Effect, _engine
from ...plugin_core.effect_files.catalog import find_effect
from ...plugin_core.effect_files.loading import load_model
from .. import machine
from .material import Audio, Kind, Recording, find, peaking, pink_noise, white_noise
from .resonance_findings import (
    FREQUENCIES_HZ,
    KINDS,
    SPOT_OCTAVES,
    USUAL,
    BandMeter,
    lift_db,
    rms_db,
)

FORMS = ("resonance-eq", "resonance-eq-live")
RATE_HZ = 48_000
LONGEST_S = 6.0
COST_S = 20.0
COST_BLOCK = 64
PAGE = """# The resonance equalizer, in frames and without latency

`python -m tonecast.benchmarks.quality.resonance_live` writes this page. {material} Of each, mono,
the first {longest:g} s. `resonance-eq` plays frames and delays the sound, `resonance-eq-live`
filters it at once, with the filter of the frame one hop before.

**Removed** of a resonance (peaking filter, +12 dB, Q 20; one at a time), at attenuation 1, in a
tenth of an octave around it, beyond what the clean recording loses there; and what clean recordings
lose at {usual}. Medians, dB. What the live form's defaults were chosen on is among the music.

| | effect | {frequencies} | loss at {usual} |
|---|---|{columns}---:|
{rows}

**Noise** at attenuation 0.5 loses, dB:

| effect | white | pink |
|---|---:|---:|
{noises}

**Latency and cost**, stereo, 48 kHz, blocks of {block}, white noise with a resonance, attenuation
1. Processor time in per cent of a core: what the audio thread spends when the model runs on a
worker, and everything together, inline.

| effect | latency, samples | audio thread | all |
|---|---:|---:|---:|
{costs}

*{stamp}*
"""


@dataclass(frozen=True)
class Shown:
    """What one recording shows of one form, in dB."""

    kind: Kind
    effect: str
    removed_db: tuple[float, ...]  # at FREQUENCIES_HZ
    loss_db: float


def main() -> None:
    """Measure and write the page."""
    stamp = f"{date.today().isoformat()}, {machine.describe()}"
    material = find()
    shown = [
        measured
        for recording in track(material, "Resonances", total=len(material), transient=True)
        for measured in _measure(recording)
    ]
    page = machine.ROOT / "benchmarks" / "results" / "RESONANCE_LIVE.md"
    page.write_text(
        PAGE.format(
            material=material.describe(),
            longest=LONGEST_S,
            usual=USUAL,
            frequencies=" | ".join(f"{hz} Hz" for hz in FREQUENCIES_HZ),
            columns="---:|" * len(FREQUENCIES_HZ),
            rows="\n".join(_rows(shown)),
            noises="\n".join(_noise_row(effect) for effect in FORMS),
            block=COST_BLOCK,
            costs="\n".join(_cost_row(effect) for effect in FORMS),
            stamp=stamp,
        )
    )
    print(f"wrote {page.relative_to(machine.ROOT)}")


def _play(audio: Audio, rate_hz: int, effect: str, attenuation: float) -> Audio:
    return np.asarray(Effect(effect, attenuation=attenuation)(audio, rate_hz))


def _measure(recording: Recording) -> Iterator[Shown]:
    rate_hz = recording.sample_rate_hz
    clean = recording.audio[:, : round(LONGEST_S * rate_hz)].mean(axis=0, keepdims=True)
    resonant = {hz: peaking(clean, rate_hz, hz, gain_db=12, q=20) for hz in FREQUENCIES_HZ}
    before = BandMeter(clean, rate_hz)
    for effect in FORMS:
        after = BandMeter(_play(clean, rate_hz, effect, 1.0), rate_hz)
        removed_db = []
        for hz, audio in resonant.items():
            played = BandMeter(_play(audio, rate_hz, effect, 1.0), rate_hz)
            added_db = lift_db(BandMeter(audio, rate_hz), before, hz, SPOT_OCTAVES)
            removed_db.append(float(added_db - lift_db(played, after, hz, SPOT_OCTAVES)))
        loss_db = rms_db(clean) - rms_db(_play(clean, rate_hz, effect, USUAL))
        yield Shown(recording.kind, effect, tuple(removed_db), loss_db)


def _rows(shown: list[Shown]) -> Iterator[str]:
    for kind in KINDS:
        for effect in FORMS:
            counted = [s for s in shown if (s.kind, s.effect) == (kind, effect)]
            removed = np.median([s.removed_db for s in counted], axis=0)
            cells = " | ".join(f"{db:.1f}" for db in removed)
            loss = float(np.median([s.loss_db for s in counted]))
            yield f"| {kind} ({len(counted)}) | `{effect}` | {cells} | {loss:.2f} |"


def _noise_row(effect: str) -> str:
    cells = []
    edge = RATE_HZ // 2
    for noise in (white_noise, pink_noise):
        audio = noise(15, RATE_HZ)
        played = _play(audio, RATE_HZ, effect, 0.5)
        cells.append(f"{rms_db(audio[:, edge:-edge]) - rms_db(played[:, edge:-edge]):.2f}")
    return f"| `{effect}` | {' | '.join(cells)} |"


def _cost_row(effect: str) -> str:
    audio = peaking(white_noise(COST_S, RATE_HZ), RATE_HZ, 1000, gain_db=12, q=20)
    with_worker, inline = _engine_of(effect, worker=True), _engine_of(effect, worker=False)
    audio_s = _spent_s(with_worker, audio, time.thread_time)
    all_s = _spent_s(inline, audio, time.process_time)
    return (
        f"| `{effect}` | {with_worker.latency_samples} | {100 * audio_s / COST_S:.2f} % | "
        f"{100 * all_s / COST_S:.2f} % |"
    )


def _engine_of(effect: str, *, worker: bool) -> _engine.Engine:
    engine = _engine.Engine(load_model(find_effect(effect).files[RATE_HZ]))
    engine.set_control("attenuation", 1.0)
    engine.prepare(RATE_HZ, 2, worker=worker, max_block_samples=COST_BLOCK)
    return engine


def _spent_s(engine: _engine.Engine, audio: Audio, clock: Callable[[], float]) -> float:
    """Processor time in process(); between the blocks a worker is waited for."""
    out = np.empty((len(audio), COST_BLOCK), np.float32)
    spent_s = 0.0
    for start in range(0, audio.shape[1] - COST_BLOCK + 1, COST_BLOCK):
        block = np.ascontiguousarray(audio[:, start : start + COST_BLOCK])
        began_s = clock()
        engine.process(block, out)
        spent_s += clock() - began_s
        while engine.counters.completed_frames < engine.counters.frames:
            time.sleep(1e-4)
    return spent_s


if __name__ == "__main__":
    main()
