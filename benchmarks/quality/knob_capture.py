"""Captures with knobs, as by `tonecast train --pairs`, beside models of one setting alone.

    python -m tonecast.benchmarks.quality.knob_capture [--minutes-each M] [BOX …]

Writes results/KNOB_CAPTURE.md; with names only those boxes are learned again.
"""

from __future__ import annotations

import csv
import re
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
import numpy as np
import torch
from pedalboard import Distortion, Gain, HighpassFilter, LowpassFilter
from rich.console import Console

from ...export.cost import core_share
from ...models.capture.knobs.learn import learn_knobs
from ...models.capture.knobs.measure import Measured, measure
from ...models.capture.knobs.settings import Setting
from ...models.capture.ladder.rungs import WAVENET
from ...models.capture.ladder.session import make_rung_trainer
from ...models.release.checkpoint import export_checkpoint
from ...models.training import checkpoint
from ...models.training.loop import Trainer
from ...models.training.malloc_tuning import keep_freed_memory
from ...models.training.progress import train_to_the_end
from ...plugin_core.audio_files.files import whole_file
from ...plugin_core.samples import Samples
from .. import machine
from ..report import OUT_DIR
from .devices import RATE_HZ, guitars
from .material import AUDIO

WORK = machine.ROOT / "build" / "knob_capture"
LEARNED_FROM = ("emily_*", "shiny_*")
LEARNED_S = 45.0
PAGE = OUT_DIR / "KNOB_CAPTURE.md"

HEAD = """# Captures with knobs

Written by `python -m tonecast.benchmarks.quality.knob_capture`: each box as by
`tonecast train --pairs`, on one thread, in minutes of processor time: as many for each setting that
is learned from. "Alone" is the same network without knobs, learned for one setting's minutes from
the recording at that setting. "Of it" is the error of the one with knobs over that of the one
alone; 1.5 at most is what is aimed at. ESRs are on parts of the recordings that no model was
trained on, played by the engine.
"""

Values = tuple[float, ...]


@dataclass(frozen=True)
class Box:
    """A device, its knobs, its recordings by setting, and those held out.

    A setting is a stem of recorded files, or `play` makes the wet sound of guitars.
    """

    description: str
    knobs: tuple[str, ...]
    settings: Mapping[Values, str]
    held_out: tuple[Values, ...]
    play: Callable[..., Samples] | None = None

    def table(self, folder: Path) -> Path:
        """The table that `tonecast train --pairs` takes; what is simulated is rendered there."""
        dry = folder / "dry.wav"
        if self.play is not None:
            sound = guitars(LEARNED_FROM)[: round(LEARNED_S * RATE_HZ)]
            _write(dry, sound)
        lines: list[list[object]] = [["dry", "wet", *self.knobs, "held_out"]]
        for values, stem in self.settings.items():
            if self.play is not None:
                wet = folder / f"{'-'.join(f'{value:g}' for value in values)}.wav"
                _write(wet, self.play(sound, *values))
                pair = [dry, wet]
            else:
                pair = [AUDIO / "pairs" / f"{stem}__{end}.flac" for end in ("dry", "processed")]
            lines.append([*pair, *values, "yes" if values in self.held_out else "no"])
        path = folder / "box.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(lines)
        return path


def _write(path: Path, sound: Samples) -> None:
    with whole_file(path, RATE_HZ, 1, 32) as sink:
        sink.write(sound[np.newaxis])


def overdrive(dry: Samples, drive_db: float, tone_hz: float = 3000) -> Samples:
    """A highpass at 150 Hz, a tanh behind so much gain, and a lowpass; [samples] at 48 kHz."""
    sound = dry
    for plugin in (HighpassFilter(150), Distortion(drive_db), LowpassFilter(tone_hz), Gain(-6)):
        sound = plugin(sound, RATE_HZ)
    return sound


BOXES = {
    "drive": Box(
        "Simulated: highpass, distortion of 0 to 30 dB, lowpass of 3 kHz; seven settings of the "
        "drive, 45 s of guitar each",
        ("drive_db",),
        {(drive,): "" for drive in range(0, 31, 5)},
        ((15,),),
        overdrive,
    ),
    "drive-and-tone": Box(
        "Simulated: highpass, distortion of 10 to 30 dB, lowpass of 1 to 5 kHz; nine settings of "
        "drive and tone, 45 s of guitar each",
        ("drive_db", "tone_hz"),
        {(drive, tone): "" for drive in (10, 20, 30) for tone in (1000, 3000, 5000)},
        ((20, 3000),),
        overdrive,
    ),
    "overdrive-pedal": Box(
        "Behringer OD300, an analog overdrive pedal: three recordings of 5 s, both knobs turned "
        "at once, RiccardoVib/Comparative_pages, CC-BY-SA-4.0",
        ("first", "second"),
        {(x, 1 - x): f"od300_{x:g}_{1 - x:g}" for x in (0.25, 0.5, 0.75)},
        ((0.5, 0.5),),
    ),
}


@click.command()
@click.argument("names", metavar="[BOX]...", nargs=-1, type=click.Choice(list(BOXES)))
@click.option("--minutes-each", default=1.0, show_default=True, help="For each setting.")
def main(names: tuple[str, ...], minutes_each: float) -> None:
    """Learn the boxes named, or all, and write the page."""
    if not AUDIO.is_dir():
        sys.exit(f"{AUDIO} is not there; the recordings are in it")
    torch.set_num_threads(1)
    Trainer.clock = staticmethod(time.process_time)  # whatever else the machine does
    keep_freed_memory()
    for name in names or BOXES:
        Console().print(f"[bold]{name}[/bold]")
        box = BOXES[name]
        section = _section(name, box, minutes_each)
        texts = {**_sections(), name: f"<!-- {name} -->\n{section.rstrip()}\n"}
        PAGE.write_text("\n".join([HEAD, *(texts[name] for name in BOXES if name in texts)]))


def _section(name: str, box: Box, minutes_each: float) -> str:
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    console = Console(stderr=True)
    path = box.table(folder)
    minutes = minutes_each * (len(box.settings) - len(box.held_out))
    begin_s = time.process_time()
    capture = learn_knobs(
        path, name, minutes, folder, lambda trainer: train_to_the_end(trainer, console)
    )
    cpu_s = time.process_time() - begin_s
    share = core_share(capture.effect_path, capture.settings[0].pair.sample_rate_hz)
    lines = [
        f"| {' | '.join(box.knobs)} | | ESR | dB | alone | dB | of it |",
        f"|{'---:|' * len(box.knobs)}---|---:|---:|---:|---:|---:|",
    ]
    for setting, found in zip(capture.settings, capture.measured, strict=True):
        values = " | ".join(f"{value:g}" for value in found.values)
        kind = "**held out**" if found.is_held_out else "trained on"
        alone = ["", "", ""]
        if found.is_held_out:
            other = _alone(setting, minutes_each, folder, console)
            alone = [f"{other.esr:.4f}", f"{other.effect_db:.1f}", f"{found.esr / other.esr:.2f}"]
        lines.append(
            f"| {values} | {kind} | {found.esr:.4f} | {found.effect_db:.1f} | {' | '.join(alone)} |"
        )
    table = "\n".join(lines)
    return f"""## {box.description}

{table}

Given {minutes:g} minutes, alone {minutes_each:g}; {cpu_s:.0f} s of processor time with checks,
export and report; {100 * share:.2f} % of a core.

*{date.today().isoformat()}, {machine.describe()}*
"""


def _alone(setting: Setting, minutes: float, folder: Path, console: Console) -> Measured:
    """The figures of a model of one setting, without knobs."""
    name = f"alone-{'-'.join(f'{value:g}' for value in setting.values).replace('.', '')}"
    path = folder / f"{name}.pt"
    trainer = make_rung_trainer(setting.pair, setting.spans, name, WAVENET, minutes, path)
    train_to_the_end(trainer, console)
    export_checkpoint(checkpoint.load(path), path.with_suffix(".onnx"))
    return measure(path.with_suffix(".onnx"), (), [setting])[0]


def _sections() -> dict[str, str]:
    """The sections of the last page by name."""
    if not PAGE.exists():
        return {}
    parts = re.split(r"^(?=<!-- [\w-]+ -->$)", PAGE.read_text(), flags=re.MULTILINE)[1:]
    return {part[5 : part.index(" -->")]: part.rstrip() + "\n" for part in parts}


if __name__ == "__main__":
    main()
