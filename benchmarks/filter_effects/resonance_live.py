"""The resonance equalizer's two forms, in frames and as a filter without latency, side by side.

    python -m tonecast.benchmarks.filter_effects.resonance_live

It writes results/RESONANCE_LIVE.md. All sound goes through the engine; of music the first seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
from rich.progress import track

from ...plugin_core import Effect
from .. import machine
from ..quality.material import (
    Audio,
    Kind,
    Material,
    Recording,
    find,
    peaking,
    pink_noise,
    white_noise,
)
from ..quality.resonance_findings import (
    FREQUENCIES_HZ,
    KINDS,
    SPOT_OCTAVES,
    USUAL,
    BandMeter,
    lift_db,
    rms_db,
)
from .cost import BLOCK, CALLBACK_BLOCK, INSTANCES, cost_row
from .probe import pre_echo_db, response_ms, sidebands_dbc, steady_gain

FORMS = ("resonance-eq", "resonance-eq-live")
RATE_HZ = 48_000
LONGEST_S = 6.0
AHEAD_SAMPLES = (512, 1024, 1536)
NOTHING_DB = -150  # rounding

PAGE = """# The resonance equalizer, in frames and without latency

`python -m tonecast.benchmarks.filter_effects.resonance_live` writes this page. {material} Of each,
mono, the first {longest:g} s. `resonance-eq` plays frames and delays the sound, `resonance-eq-live`
filters it at once, with the filter of the frame one hop before.

**Removed** of a resonance (peaking filter, +12 dB, Q 20; one at a time), at attenuation 1, in a
tenth of an octave around it, beyond what the clean recording loses there; and what clean
recordings lose at {usual}. Medians, dB. The live form's defaults were chosen on every other
recording of music, told apart from the others.

| | effect | {frequencies} | loss at {usual} |
|---|---|{columns}---:|
{rows}

**Live less frames**, recording by recording: mean and standard error, dB.

| | {frequencies} | loss at {usual} |
|---|{columns}---:|
{differences}

**What latency would buy**: `resonance-eq-live` on sound that is so much later than what it listens
to (its side-chain). Medians as above, dB. A note's attack has passed before a filter can answer it.

| samples | | {frequencies} |
|---:|---|{columns}
{ahead}

**Noise** at attenuation 0.5 loses, dB:

| effect | white | pink |
|---|---:|---:|
{noises}

**Artefacts.** A resonance in white noise, as above, attenuation 1 (simulated): what is cut of it;
group delay between the edges of its bandwidth; half wet and half dry, what is missing there of what
the gains alone would give; and from when it appears until half of the cut is heard, latency
included.

| effect | resonance | cut, dB | group delay, ms | 50/50 mix, dB | response, ms |
|---|---:|---:|---:|---:|---:|
{steady}

At attenuation 0.5: what a sine at 1 kHz gets beside it while a resonance at 1.2 kHz comes and goes
four times a second, and what a hit that rings at 1 kHz changes in the 20 ms before it, over what it
changes in the 20 ms after it.

| effect | sidebands within 50 Hz, dBc | up to 500 Hz, dBc | before a hit, dB |
|---|---:|---:|---:|
{moving}

**Latency and cost**, stereo, 48 kHz, white noise with a resonance, attenuation 1. Processor time in
per cent of a core, blocks of {block}: what the audio thread spends when the model runs on a worker,
everything together, inline, and {instances} at once. By the clock, what calls of {callback} samples
take with a worker; such a block lasts {callback_us:.0f} µs.

| effect | latency, samples | audio thread | all | {instances} at once | median call | 99.9 % |
|---|---:|---:|---:|---:|---:|---:|
{costs}

*{stamp}*
"""


@dataclass(frozen=True)
class Shown:
    """What one recording shows of one form, in dB."""

    name: str
    kind: Kind
    tuned_on: bool
    effect: str
    removed_db: tuple[float, ...]  # at FREQUENCIES_HZ
    loss_db: float


@dataclass(frozen=True)
class Ahead:
    """What the live form takes off one recording that is so much later than what it listens to."""

    kind: Kind
    samples: int
    removed_db: tuple[float, ...]


def main() -> None:
    """Measure and write the page."""
    stamp = f"{date.today().isoformat()}, {machine.describe()}"
    material = find()
    tuned_on = {recording.name for recording in list(_music(material))[::2]}
    shown: list[Shown] = []
    ahead: list[Ahead] = []
    for recording in track(material, "Resonances", total=len(material), transient=True):
        shown += _measure(recording, tuned_on=recording.name in tuned_on)
        ahead += _measure_ahead(recording)
    page = machine.ROOT / "benchmarks" / "results" / "RESONANCE_LIVE.md"
    page.write_text(
        PAGE.format(
            material=material.describe(),
            longest=LONGEST_S,
            usual=USUAL,
            frequencies=" | ".join(f"{hz} Hz" for hz in FREQUENCIES_HZ),
            columns="---:|" * len(FREQUENCIES_HZ),
            rows="\n".join(_rows(shown)),
            differences="\n".join(_differences(shown)),
            ahead="\n".join(_ahead_rows(ahead)),
            noises="\n".join(_noise_row(effect) for effect in FORMS),
            steady="\n".join(row for effect in FORMS for row in _steady_rows(effect)),
            moving="\n".join(_moving_row(effect) for effect in FORMS),
            block=BLOCK,
            callback=CALLBACK_BLOCK,
            callback_us=1e6 * CALLBACK_BLOCK / RATE_HZ,
            instances=INSTANCES,
            costs="\n".join(cost_row(effect) for effect in FORMS),
            stamp=stamp,
        )
    )
    print(f"wrote {page.relative_to(machine.ROOT)}")


def _play(effect: str, rate_hz: int, attenuation: float, audio: Audio) -> Audio:
    return np.asarray(Effect(effect, attenuation=attenuation)(audio, rate_hz))


def _music(material: Material) -> Iterator[Recording]:
    return (recording for recording in material if recording.kind == "music")


def _beginning(recording: Recording) -> Audio:
    samples = round(LONGEST_S * recording.sample_rate_hz)
    return np.asarray(recording.audio[:, :samples].mean(axis=0, keepdims=True))


def _removed_db(clean: Audio, rate_hz: int, play: Callable[[Audio], Audio]) -> tuple[float, ...]:
    """At FREQUENCIES_HZ, beyond what the clean sound loses there."""
    before, after = BandMeter(clean, rate_hz), BandMeter(play(clean), rate_hz)
    removed_db = []
    for hz in FREQUENCIES_HZ:
        audio = peaking(clean, rate_hz, hz, gain_db=12, q=20)
        added_db = lift_db(BandMeter(audio, rate_hz), before, hz, SPOT_OCTAVES)
        left_db = lift_db(BandMeter(play(audio), rate_hz), after, hz, SPOT_OCTAVES)
        removed_db.append(float(added_db - left_db))
    return tuple(removed_db)


def _measure(recording: Recording, *, tuned_on: bool) -> Iterator[Shown]:
    rate_hz, clean = recording.sample_rate_hz, _beginning(recording)
    for effect in FORMS:
        removed_db = _removed_db(clean, rate_hz, partial(_play, effect, rate_hz, 1.0))
        loss_db = rms_db(clean) - rms_db(_play(effect, rate_hz, USUAL, clean))
        yield Shown(recording.name, recording.kind, tuned_on, effect, removed_db, loss_db)


def _measure_ahead(recording: Recording) -> Iterator[Ahead]:
    rate_hz, clean = recording.sample_rate_hz, _beginning(recording)
    live = Effect("resonance-eq-live", attenuation=1.0)
    for samples in AHEAD_SAMPLES:

        def later(audio: Audio, samples: int = samples) -> Audio:
            silence = np.zeros((1, samples), np.float32)
            late, key = np.hstack([silence, audio]), np.hstack([audio, silence])
            return np.asarray(live(late, rate_hz, sidechain=key))[:, samples:]

        yield Ahead(recording.kind, samples, _removed_db(clean, rate_hz, later))


def _groups(shown: list[Shown]) -> Iterator[tuple[str, list[Shown]]]:
    for kind in KINDS:
        every = [s for s in shown if s.kind == kind]
        yield f"{kind} ({len(every) // len(FORMS)})", every
        if kind == "music":
            for words, tuned_on in (("chosen on", True), ("not chosen on", False)):
                some = [s for s in every if s.tuned_on is tuned_on]
                yield f"music, {words} ({len(some) // len(FORMS)})", some


def _rows(shown: list[Shown]) -> Iterator[str]:
    for label, group in _groups(shown):
        for effect in FORMS:
            counted = [s for s in group if s.effect == effect]
            removed = np.median([s.removed_db for s in counted], axis=0)
            cells = " | ".join(f"{db:.1f}" for db in removed)
            loss = float(np.median([s.loss_db for s in counted]))
            yield f"| {label} | `{effect}` | {cells} | {loss:.2f} |"


def _differences(shown: list[Shown]) -> Iterator[str]:
    for label, group in _groups(shown):
        frames, live = (
            np.array([(*s.removed_db, s.loss_db) for s in group if s.effect == effect])
            for effect in FORMS
        )
        less = live - frames
        errors = less.std(axis=0, ddof=1) / np.sqrt(len(less))
        cells = [f"{m:+.1f} ± {e:.1f}" for m, e in zip(less.mean(axis=0), errors, strict=True)]
        yield f"| {label} | {' | '.join(cells)} |"


def _ahead_rows(ahead: list[Ahead]) -> Iterator[str]:
    for kind in KINDS:
        for samples in AHEAD_SAMPLES:
            counted = [a.removed_db for a in ahead if (a.kind, a.samples) == (kind, samples)]
            cells = " | ".join(f"{db:.1f}" for db in np.median(counted, axis=0))
            yield f"| {samples} | {kind} ({len(counted)}) | {cells} |"


def _steady_rows(effect: str) -> Iterator[str]:
    player = Effect(effect, attenuation=1.0)
    for hz in FREQUENCIES_HZ:
        gain, late_ms = steady_gain(player, hz), response_ms(player, hz)
        yield (
            f"| `{effect}` | {hz} Hz | {gain.cut_db:.1f} | {gain.group_delay_ms:.1f} | "
            f"{gain.mix_error_db:.2f} | {late_ms:.0f} |"
        )


def _moving_row(effect: str) -> str:
    player = Effect(effect, attenuation=0.5)
    near_dbc, far_dbc = sidebands_dbc(player)
    before_db = pre_echo_db(player)
    before = f"{before_db:.0f}" if before_db > NOTHING_DB else "nothing"
    return f"| `{effect}` | {near_dbc:.0f} | {far_dbc:.0f} | {before} |"


def _noise_row(effect: str) -> str:
    cells = []
    edge = RATE_HZ // 2
    for noise in (white_noise, pink_noise):
        audio = noise(15, RATE_HZ)
        played = _play(effect, RATE_HZ, 0.5, audio)
        cells.append(f"{rms_db(audio[:, edge:-edge]) - rms_db(played[:, edge:-edge]):.2f}")
    return f"| `{effect}` | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
