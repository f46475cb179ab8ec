"""NAM's own trainer beside ours, on the same parts of the same recordings.

    TONECAST_NAM_TRAINER=… python -m tonecast.benchmarks.quality.nam_capture [DEVICE …]

Trains NAM's default network and climbs our ladder, in minutes of processor time on one thread;
both are played by the engine. Writes the last section of results/DEVICE_CAPTURE.md. What was
trained stays in build/nam_capture and is not trained again; remove a folder to train anew.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import click
import numpy as np
import torch
from rich.console import Console

from ...export.cost import core_share
from ...models.capture.figures import emphasised
from ...models.capture.learn import learn_capture
from ...models.capture.split import Span, spans_of
from ...models.data.pair.baselines import esr_db
from ...models.data.pair.causality import causal_pair
from ...models.data.pair.pair import Pair, read_pair
from ...models.training.loop import Trainer
from ...models.training.malloc_tuning import keep_freed_memory
from ...models.training.progress import train_to_the_end
from ...plugin_core import Effect
from ...plugin_core.samples import Samples
from .. import machine
from ..training.nam_trainer import NamTrainer, find
from .device_capture import aligned, ratio, sections, write_page
from .devices import DEVICES, RATE_HZ, UNHEARD, Device, guitars
from .material import AUDIO

WORK = machine.ROOT / "build" / "nam_capture"
SECTION = "nam-trainer"
HEAD = (
    "| device | trainer | minutes | held out | dB | unheard | unheard, dB | pre-emphasised, dB | "
    "of a core | steps |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)
USUAL = ("overdrive-pedal", "amplifier-a1")

TEXT = """<!-- {section} -->
## Beside NAM's trainer

Written by `python -m tonecast.benchmarks.quality.nam_capture`: {version} trains its default network
of two sizes, of which the larger is measured, with the loss, optimizer, schedule and batches of
`nam.train.core.train`. Both learn from the same parts of the same recordings, the wet sound delayed
alike (`models/data/pair/causality.py`), in minutes of processor time on one thread, and are played
by the engine. "Steps" are NAM's, and how often it went through the recording; minutes are what it
was given, less than 20 where it was ended early.

{head}
{rows}

*{stamp}*
"""


@dataclass(frozen=True)
class Row:
    """What one trainer made of a device; ESRs in dB."""

    device: str
    trainer: str
    minutes: float
    held_out_db: float
    unheard_db: float | None
    emphasised_db: float
    core_share: float
    steps: str = ""

    def line(self) -> str:
        """As a line of the table."""
        unheard = " | "
        if self.unheard_db is not None:
            unheard = f"{ratio(self.unheard_db)} | {self.unheard_db:.1f}"
        return (
            f"| {self.device} | {self.trainer} | {self.minutes:g} | {ratio(self.held_out_db)} | "
            f"{self.held_out_db:.1f} | {unheard} | {self.emphasised_db:.1f} | "
            f"{100 * self.core_share:.2f} % | {self.steps} |"
        )


@click.command()
@click.argument("names", metavar="[DEVICE]...", nargs=-1, type=click.Choice(list(DEVICES)))
@click.option("--nam-minutes", type=float, default=20.0, show_default=True)
@click.option("--our-minutes", type=float, default=2.0, show_default=True)
def main(names: tuple[str, ...], nam_minutes: float, our_minutes: float) -> None:
    """Train both on the devices named, and write the section."""
    trainer = find()
    if trainer is None:
        sys.exit("Set TONECAST_NAM_TRAINER to a Python that has neural-amp-modeler installed.")
    if not AUDIO.is_dir():
        sys.exit(f"{AUDIO} is not there; the recordings are in it")
    torch.set_num_threads(1)
    Trainer.clock = staticmethod(time.process_time)  # whatever else the machine does
    keep_freed_memory()
    for name in names or USUAL:
        folder = WORK / name
        folder.mkdir(parents=True, exist_ok=True)
        dry, wet = DEVICES[name].files(folder)
        rows = [
            _ours(name, dry, wet, folder, our_minutes),
            _nam(name, dry, wet, folder, nam_minutes, trainer),
        ]
        write_page({**sections(), SECTION: _section(trainer, rows)})


def _ours(name: str, dry: Path, wet: Path, folder: Path, minutes: float) -> Row:
    out = folder / f"ours-{minutes:g}"
    out.mkdir(exist_ok=True)
    kept = out / "row.json"
    if kept.exists():
        return Row(**json.loads(kept.read_text()))
    console = Console(stderr=True)
    capture = learn_capture(
        dry, wet, name, minutes, out, lambda trainer: train_to_the_end(trainer, console)
    )
    found = capture.figures
    unheard_db, emphasised_db = _unheard(DEVICES[name], Effect(capture.effect_path))
    row = Row(
        name,
        f"ours, {capture.best.name}",
        minutes,
        found.effect_db,
        unheard_db,
        found.emphasised_db if emphasised_db is None else emphasised_db,
        capture.best.core_share,
    )
    kept.write_text(json.dumps(asdict(row)))
    return row


def _nam(name: str, dry: Path, wet: Path, folder: Path, minutes: float, trainer: NamTrainer) -> Row:
    pair, _ = causal_pair(read_pair(dry, wet))
    spans = spans_of(pair)
    out = folder / f"nam-{minutes:g}"
    out.mkdir(exist_ok=True)
    if not (out / "nam.json").exists():
        np.savez(
            out / "pair.npz",
            dry=pair.dry,
            wet=pair.wet,
            sample_rate_hz=pair.sample_rate_hz,
            training=spans.training,
            validation=spans.validation,
        )
        trainer.train(out, minutes)
    path = out / "nam.nam"
    effect = Effect(path)
    played, wanted = _test(effect, pair, spans.test)
    unheard_db, emphasised_db = _unheard(DEVICES[name], effect)
    if emphasised_db is None:
        emphasised_db = esr_db(emphasised(played), emphasised(wanted))
    trained = json.loads((out / "nam.json").read_text())
    return Row(
        name,
        "NAM's",
        round(trained["seconds"] / 60, 1),
        esr_db(played, wanted),
        unheard_db,
        emphasised_db,
        core_share(path, pair.sample_rate_hz),
        f"{trained['steps']}, {trained['epochs']} ×",
    )


def _test(effect: Effect, pair: Pair, spans: Sequence[Span]) -> tuple[Samples, Samples]:
    played = effect(pair.dry, pair.sample_rate_hz)
    out, wanted = (
        np.concatenate([sound[begin:end] for begin, end in spans]) for sound in (played, pair.wet)
    )
    return out, wanted


def _unheard(device: Device, effect: Effect) -> tuple[float | None, float | None]:
    """ESRs in dB on other guitars, plain and pre-emphasised; of a recording there are none."""
    if device.box is None:
        return None, None
    dry = guitars(UNHEARD)
    wanted, played = aligned(device.box(dry), effect(dry, RATE_HZ))
    return esr_db(played, wanted), esr_db(emphasised(played), emphasised(wanted))


def _section(trainer: NamTrainer, rows: Sequence[Row]) -> str:
    """The section with the rows of the last page, those of the same devices replaced."""
    last = re.findall(r"^<!-- (\{.*\}) -->$", sections().get(SECTION, ""), re.MULTILINE)
    kept = [row for row in (Row(**json.loads(one)) for one in last) if row.device != rows[0].device]
    order = list(DEVICES)
    every = sorted((*kept, *rows), key=lambda row: (order.index(row.device), row.minutes))
    text = TEXT.format(
        section=SECTION,
        version=trainer.version,
        head=HEAD,
        rows="\n".join(row.line() for row in every),
        stamp=f"{date.today().isoformat()}, {machine.describe()}",
    )
    return "\n".join([text, *(f"<!-- {json.dumps(asdict(row))} -->" for row in every)]) + "\n"


if __name__ == "__main__":
    main()
