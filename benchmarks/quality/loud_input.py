"""What learned effects give for input that is louder than their training, and for silence.

    python -m tonecast.benchmarks.quality.loud_input

It writes results/LOUD_INPUT.md. The input is simulated: plucked strings, and signals that no
training had. "Unheld" is the same graph with a contract that does not say how loud the training
was, as all were before.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copyfile

import numpy as np

from ... import models
from ...export.effect import rewrite_contract
from ...models.targets import TARGETS
from ...models.training.config import Config, read_config
from ...plugin_core import Effect
from ...plugin_core.effect_files.catalog import read_effect
from ...plugin_core.samples import Samples
from ...plugin_core.synthesizer import pluck
from .. import machine, papers

MODELS = Path(models.__path__[0])
OWN = MODELS / "artifacts", MODELS / "configs"
RATE_HZ = 48000
GAINS_DB = (-6.0, 0.0, 6.0, 12.0, 20.0)
ESR_GAINS_DB = (-30.0, -18.0, -12.0, -9.0, -6.0, -3.0, 0.0, 6.0, 20.0)
ALLOWED_DB = 3.0  # above the target's own peak
SILENT_AFTER_S = 0.1
PAGE = """# Louder than the training, and silence

`python -m tonecast.benchmarks.quality.loud_input` writes this page. All input is simulated, at
{rate} Hz. What is done about levels is [on a page of its own](../../docs/levels.md).

## Plucked notes

Peak that comes out, in dBFS, of plucked strings with a peak of 0 dBFS at these input gains: as it
is played, and unheld, with a contract that does not say how loud the training was. "Allowed" is
3 dB above the target's own peak: of nonlinear effects in the training, of linear ones for this
input at +20 dB.

| effect | | {gains} | allowed |
|---|---|{columns}---:|
{peaks}

## Signals that no training had

Peak that comes out, in dBFS; each at 0 dBFS and at +20 dB. "Allowed" is 3 dB above the target's own
peak: of nonlinear effects in the training, of linear ones for the same input.

| effect | input | at 0 dB | unheld | allowed | at +20 dB | unheld | allowed |
|---|---|---:|---:|---:|---:|---:|---:|
{strange}

## Linear effects by level

ESR against the target, in dB, of the plucked notes at these input gains, at the effect's own rate.
Frames in the range of the training are played as they are, louder ones 6 to 12 dB below its end.

| effect | {esr_gains} |
|---|{esr_columns}
{esr}

## Silence

Peak from {after:g} ms after a note was cut off by digital silence, in dBFS.

| effect | as played | unheld |
|---|---:|---:|
{silence}

*{stamp}*
"""


def main() -> None:
    """Measure and write the page."""
    tables: dict[str, list[str]] = {"peaks": [], "strange": [], "esr": [], "silence": []}
    with tempfile.TemporaryDirectory() as folder:
        for config, held_path in learned_effects():
            held, unheld = Effect(held_path), Effect(_unheld(held_path, Path(folder)))
            print(config.name, flush=True)
            tables["peaks"] += _peaks(config, held, unheld)
            tables["strange"] += _strange(config, held, unheld)
            if config.is_linear:
                tables["esr"] += [_esr_row(config, held), _esr_row(config, unheld, "unheld")]
            tables["silence"].append(_row(config.name, residue(held), residue(unheld)))
    page = machine.ROOT / "benchmarks" / "results" / "LOUD_INPUT.md"
    page.write_text(
        PAGE.format(
            rate=RATE_HZ,
            gains=" | ".join(f"{gain_db:+g} dB" for gain_db in GAINS_DB),
            columns="---:|" * len(GAINS_DB),
            esr_gains=" | ".join(f"{gain_db:+g} dB" for gain_db in ESR_GAINS_DB),
            esr_columns="---:|" * len(ESR_GAINS_DB),
            after=1000 * SILENT_AFTER_S,
            stamp=f"{date.today().isoformat()}, {machine.describe()}",
            **{name: "\n".join(rows) for name, rows in tables.items()},
        )
    )
    print(f"wrote {page.relative_to(machine.ROOT)}")


def learned_effects() -> Iterator[tuple[Config, Path]]:
    """The shipped effects whose training had a level, then the papers', with their files."""
    for effects, configs in (OWN, (papers.EFFECTS, papers.CONFIGS)):
        for path in sorted(configs.glob("*.toml")):
            effect = effects / f"{path.stem}.onnx"
            if effect.exists() and Effect(effect).contract.trained_level:
                yield read_config(path), effect


def notes(sample_rate_hz: int) -> Samples:
    """Plucked strings, E2 to E5 in fourths, half a second each: [samples], peak 1."""
    rng = np.random.default_rng(1)
    strings = [
        pluck(440 * 2 ** ((pitch - 69) / 12), 0.5, sample_rate_hz, rng)
        for pitch in range(40, 77, 5)
    ]
    return _at_full_scale(np.concatenate(strings))


def strange_signals(sample_rate_hz: int) -> dict[str, Samples]:
    """Signals by name, each [samples], peak 1, one second."""
    time_s = np.arange(sample_rate_hz) / sample_rate_hz
    squares = {
        f"square wave, {hz} Hz": np.sign(np.sin(2 * math.pi * hz * time_s + 0.01))
        for hz in (100, 1000)
    }
    noise = np.random.default_rng(1).uniform(-1, 1, sample_rate_hz)
    steps = {"steps of DC": np.where(time_s % 0.5 < 0.25, 0.0, 1.0)}
    return {name: _at_full_scale(s) for name, s in {**squares, **steps, "noise": noise}.items()}


def residue(effect: Effect) -> float:
    """Peak of what comes out from 100 ms after a note was cut off, in dBFS."""
    note = notes(RATE_HZ)[: RATE_HZ // 2]
    out = effect(np.pad(note, (0, RATE_HZ)), RATE_HZ)
    return _db(out[len(note) + round(SILENT_AFTER_S * RATE_HZ) :])


def _peaks(config: Config, held: Effect, unheld: Effect) -> list[str]:
    inputs = [_amplified(notes(RATE_HZ), gain_db) for gain_db in GAINS_DB]
    allowed = _allowed(config, held, inputs[-1])
    rows = []
    for name, effect, limit in ((config.name, held, f"{allowed:.1f}"), ("unheld", unheld, "")):
        shown = " | ".join(f"{_db(effect(one, RATE_HZ)):.1f}" for one in inputs)
        kind = f"{_kind(config)} | {shown} | {limit}"
        rows.append(f"| {name} | {kind} |")
    return rows


def _strange(config: Config, held: Effect, unheld: Effect) -> list[str]:
    rows = []
    for name, signal in strange_signals(RATE_HZ).items():
        cells = []
        for gain_db in (0.0, 20.0):
            one = _amplified(signal, gain_db)
            cells += [_db(held(one, RATE_HZ)), _db(unheld(one, RATE_HZ))]
            cells.append(_allowed(config, held, one))
        rows.append(_row(f"{config.name} | {name}", *cells))
    return rows


def _esr_row(config: Config, effect: Effect, name: str = "") -> str:
    dry = notes(config.sample_rate_hz)
    figures = (_esr_db(config, effect, _amplified(dry, gain_db)) for gain_db in ESR_GAINS_DB)
    return _row(name or config.name, *figures)


def _esr_db(config: Config, effect: Effect, dry: Samples) -> float:
    wanted = TARGETS[config.target].rendered(dry, config.sample_rate_hz, config.delay_compensated)
    error = effect(dry, config.sample_rate_hz) - wanted
    return 10 * math.log10(float(np.square(error).sum() / np.square(wanted).sum()))


def _allowed(config: Config, effect: Effect, dry: Samples) -> float:
    """3 dB above the target's own peak, in dBFS."""
    if config.is_linear:
        target = TARGETS[config.target]
        return _db(target.rendered(dry, RATE_HZ, config.delay_compensated)) + ALLOWED_DB
    trained = effect.contract.trained_level
    assert trained is not None
    return trained.output_peak_db + ALLOWED_DB


def _unheld(path: Path, folder: Path) -> Path:
    copy = folder / path.name
    copyfile(path, copy)
    (contract,) = read_effect(copy).contracts.values()
    rewrite_contract(copy, replace(contract, trained_level=None, tail_s=None))
    return copy


def _kind(config: Config) -> str:
    return "linear" if config.is_linear else "nonlinear"


def _row(name: str, *values: float) -> str:
    return f"| {name} | {' | '.join(f'{value:.1f}' for value in values)} |"


def _amplified(signal: Samples, gain_db: float) -> Samples:
    return signal * np.float32(10 ** (gain_db / 20))


def _at_full_scale(signal: Samples) -> Samples:
    scaled: Samples = (signal / np.abs(signal).max()).astype(np.float32)
    return scaled


def _db(signal: Samples) -> float:
    peak = float(np.abs(signal).max())
    return 20 * math.log10(peak) if peak else -math.inf


if __name__ == "__main__":
    main()
