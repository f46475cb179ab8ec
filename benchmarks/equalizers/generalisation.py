"""The papers' equalizers on notes, chords, voice, music and noise, and what limits them.

    python -m tonecast.benchmarks.equalizers.generalisation [--steps N] [limits | EFFECT …]

Each effect that ships goes on learning from all kinds at several levels. Writes
results/CAE_GENERALISATION.md; with names only those parts of it are measured again.
"""

from __future__ import annotations

import json
import math
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median

import click
import torch
from rich.console import Console

from ... import models
from ...models.families.autoencoder.cae import CAE
from ...models.families.weights import read_model
from ...models.release.checkpoint import export_checkpoint
from ...models.targets import FIR_ORDER, TARGETS, fir, low_shelf, peaking
from ...models.training import checkpoint
from ...models.training.config import Config, Stage, read_config
from ...models.training.loop import Trainer
from ...models.training.malloc_tuning import keep_freed_memory
from ...models.training.progress import train_to_the_end
from ...plugin_core import Effect
from .. import machine
from ..quality.material import AUDIO
from ..report import OUT_DIR
from ..sections import make_section, read_sections
from .kinds import LEVELS_DB, EqualKinds, Kinds, find_sounds
from .limits import (
    NOISE_STEPS,
    NOISE_TARGETS,
    VARIANTS,
    Variant,
    learn_noise,
    symmetric_limit_db,
)

PAGE = OUT_DIR / "CAE_GENERALISATION.md"
WORK = machine.ROOT / "build" / "cae_generalisation"
LIMITS = "limits"
EFFECTS = ("eq-lowshelf-48k", "eq-lowshelf", "eq-peaking", "eq-lowpass", "eq-highpass")
STEPS = 1000
LEARNING_RATE = 1e-3
NOTHING_DB = -100.0
HOP_SAMPLES = 256  # between the frames that are drawn from
ERROR = "ESR in dB, the median of the sounds"

HEAD = """# The papers' equalizers on other sounds than notes

Written by `python -m tonecast.benchmarks.equalizers.generalisation`: the effects that ship, and
what they become when they go on learning from notes, chords, a voice, music and noise at several
levels. It helps most where they were worst; none of these ships. What is tested is not learned
from: other pitches, other pieces, of the one voice another part, other noise.
"""

LIMITS_TEXT = """## What limits them

A CAE multiplies its filters' signals by gates, and synthesises with the same filters transposed.
Given the gates and the places that its pools keep, it is ŷ = Aᵀ·G·A·x with G ≥ 0: symmetric and
positive, so it turns no phase. Of a filter H such an operator reaches no more than the real part,
where that is positive. On white noise, with gates that do not follow the waveform, that limits the
ESR, in dB:

| | 16 kHz | 48 kHz |
|---|---:|---:|
{closed}

Networks between a linear filter and the CAE, learned from white noise alone for {steps} steps and
tested on other noise; the low shelf at 48 kHz, and what has its magnitudes but turns no phase. ESR
in dB:

| network | low shelf | without phase |
|---|---:|---:|
{rows}

Two parts of the architecture are in the way, and both have to go:

- **The places.** One sample in 16 is enough for a filter bank of 128 where it is always the same
  one. Where it is the largest of 16, distances between samples depend on the sound, and what lies
  between them is not what the filters expect: even without phase to turn, with filters and gates
  learned from nothing but noise, the error stays. More steps, longer filters and filters for
  synthesis change little; a smaller pool, which is another network with larger latent layers, does.
- **The tied filters.** Gates that follow the waveform turn some phase, more of notes than of noise.
  Filters of its own for synthesis turn all of it.
"""


@click.command()
@click.argument("names", metavar="[PART]...", nargs=-1, type=click.Choice([LIMITS, *EFFECTS]))
@click.option(
    "--steps", type=int, default=STEPS, show_default=True, help="0: only as the effect ships."
)
def main(names: tuple[str, ...], steps: int) -> None:
    """Measure, and write the page."""
    if not AUDIO.is_dir():
        sys.exit(f"{AUDIO} is not there; the recordings are in it")
    torch.set_num_threads(1)
    Trainer.clock = staticmethod(time.process_time)
    keep_freed_memory()
    for name in names or (LIMITS, *EFFECTS):
        Console().print(f"[bold]{name}[/bold]")
        _publish(name, _limits() if name == LIMITS else _effect(name, steps))


def _publish(name: str, text: str) -> None:
    stamp = f"*{date.today().isoformat()}, {machine.describe()}*"
    texts = read_sections(PAGE) | {name: make_section(name, f"{text.rstrip()}\n\n{stamp}\n")}
    order = [part for part in (LIMITS, *EFFECTS) if part in texts]
    PAGE.write_text("\n".join([HEAD, *(texts[part] for part in order)]))


def _limits() -> str:
    delay = FIR_ORDER // 2
    designs = {
        "low shelf": (low_shelf, 0),
        "peak": (peaking, 0),
        "lowpass": (lambda rate_hz: fir(rate_hz, highpass=False), delay),
        "highpass": (lambda rate_hz: fir(rate_hz, highpass=True), delay),
    }
    closed = [
        [name, *(_limit(symmetric_limit_db(*design(hz), late)) for hz in (16_000, 48_000))]
        for name, (design, late) in designs.items()
    ]
    rows = []
    for variant in VARIANTS:
        errors = [_on_noise(variant, target) for target in NOISE_TARGETS]
        rows.append([variant.description, *(f"{error_db:.1f}" for error_db in errors)])
    return LIMITS_TEXT.format(closed=_table(closed), steps=NOISE_STEPS, rows=_table(rows))


def _limit(error_db: float) -> str:
    return f"{error_db:.1f}" if error_db > NOTHING_DB else "none"


def _on_noise(variant: Variant, target: str) -> float:
    """The ESR in dB that a network learned, kept for the next run if this one is stopped."""
    path = WORK / "limits.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    name = f"{variant} {target}"
    if name not in kept:
        kept[name] = learn_noise(variant, NOISE_TARGETS[target])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(kept, indent=1))
    return float(kept[name])


def _effect(name: str, steps: int) -> str:
    folder = Path(models.__path__[0])
    shipped = folder / "artifacts" / f"{name}.onnx"
    config = read_config(folder / "configs" / f"{name}.toml")
    sounds = find_sounds(config.sample_rate_hz, TARGETS[config.target])
    rows = [
        ["unprocessed input", *_errors(None, sounds.test)],
        ["as it ships", *_errors(Effect(shipped), sounds.test)],
    ]
    text = f"{ERROR}, each at {', '.join(f'{one:g}' for one in LEVELS_DB)} dB."
    if steps:
        learned, seconds = _learn(config, shipped, sounds.training, sounds.validation, steps)
        rows.append(["learned from all", *_errors(Effect(learned), sounds.test)])
        text = (
            f"{steps} steps of {config.batch_frames} frames of all kinds, {seconds:.0f} s of "
            f"processor, from the weights that ship. {text}"
        )
    head = f"| {config.label} | {' | '.join(sounds.test)} |\n|---|{'---:|' * len(sounds.test)}"
    return f"## {config.label}\n\n{text}\n\n{head}\n{_table(rows)}\n"


def _learn(
    config: Config, shipped: Path, training: Kinds, validation: Kinds, steps: int
) -> tuple[Path, float]:
    """The effect file of what went on learning, and the seconds of processor that it took."""
    out = WORK / config.name
    out.mkdir(parents=True, exist_ok=True)
    path, effect = out / f"{config.name}-{steps}.pt", out / f"{config.name}-{steps}.onnx"
    stage = Stage("all kinds", "esr", steps, LEARNING_RATE)
    config = replace(config, stages=(stage,))
    frame = config.frame_format.frame_size_samples
    learned, judged = (EqualKinds(side, frame, HOP_SAMPLES) for side in (training, validation))
    first = read_model(shipped, CAE).state_dict()
    trainer = Trainer(config, learned, judged, path, first=first)
    train_to_the_end(trainer, Console(stderr=True))
    export_checkpoint(checkpoint.load(path), effect)
    return effect, trainer.progress.seconds


def _errors(effect: Effect | None, kinds: Kinds) -> list[str]:
    """The median ESR of each kind, in dB, played by the engine; without an effect, of the input."""
    cells = []
    for notes in kinds.values():
        errors = []
        for note in notes:
            assert note.wet is not None
            for level_db in LEVELS_DB:
                gain = 10 ** (level_db / 20)
                dry, wet = gain * note.dry, gain * note.wet
                rate_hz = 0 if effect is None else effect.contract.sample_rate_hz
                played = dry if effect is None else effect(dry, rate_hz)
                errors.append(float(((played - wet) ** 2).sum() / (wet**2).sum()))
        cells.append(f"{10 * math.log10(median(errors)):.1f}")
    return cells


def _table(rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    main()
