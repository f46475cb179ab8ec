"""Captures of devices from dry/wet pairs, as by `tonecast train --dry --wet` with its defaults.

    python -m tonecast.benchmarks.quality.device_capture [--minutes M] [DEVICE …]

Writes results/DEVICE_CAPTURE.md and its plots; with names only those devices are learned again. A
training that was stopped resumes.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import click
import numpy as np
import torch
from PIL import Image
from rich.console import Console

from ...models.capture.figures import emphasised, mr_stft
from ...models.capture.learn import Capture, learn_capture
from ...models.capture.report import CURVES, GAIN, SPECTROGRAMS, table
from ...models.data.pair.baselines import esr_db
from ...models.training.loop import Trainer
from ...models.training.malloc_tuning import keep_freed_memory
from ...models.training.progress import train_to_the_end
from ...plugin_core import Effect
from ...plugin_core.samples import Samples
from .. import machine
from ..report import OUT_DIR
from .devices import DEVICES, RATE_HZ, UNHEARD, Device, guitars
from .material import AUDIO

WORK = machine.ROOT / "build" / "device_capture"
PAGE = OUT_DIR / "DEVICE_CAPTURE.md"
COLOURS = 64
MOST_LAG = 256

HEAD = """# Captures of devices

Written by `python -m tonecast.benchmarks.quality.device_capture`: each dry/wet pair as by
`tonecast train --dry --wet --minutes`, on one thread, in minutes of processor time; played by the
engine. The recordings are for evaluation; no effect that ships is trained on them.

{summary}

ESR is the energy of the error over that of the target; below 0.01 is great, below 0.035 good, below
0.1 fair, above is poor. "Held out" is the last 15 % of every 10 s or so, "unheard" 72 s of other
guitars. Pre-emphasised: both through 1 − 0.85 z⁻¹ (Wright and Välimäki 2020). MR-STFT is auraloss's
distance. "Of a core": mono, blocks of 64 samples. "Learned" is processor time, checks, export and
report included.
"""


@dataclass(frozen=True)
class Row:
    """A line of the summary; ESRs in dB."""

    description: str
    held_out_db: float
    unheard_db: float | None
    emphasised_db: float
    mr_stft: float | None
    chosen: str
    core_share: float
    latency_samples: int
    cpu_s: float


@click.command()
@click.argument("names", metavar="[DEVICE]...", nargs=-1, type=click.Choice(list(DEVICES)))
@click.option("--minutes", type=float, help="Instead of each device's own.")
def main(names: tuple[str, ...], minutes: float | None) -> None:
    """Learn the devices named, or all, and write the page."""
    if not AUDIO.is_dir():
        sys.exit(f"{AUDIO} is not there; the recordings are in it")
    torch.set_num_threads(1)
    Trainer.clock = staticmethod(time.process_time)  # whatever else the machine does
    keep_freed_memory()
    for name in names or DEVICES:
        Console().print(f"[bold]{name}[/bold]")
        device = DEVICES[name]
        section = measure(name, device, device.minutes if minutes is None else minutes)
        write_page({**sections(), name: f"<!-- {name} -->\n{section.rstrip()}\n"})


def write_page(texts: Mapping[str, str]) -> None:
    """Write the page of these sections by name: the devices', and behind them all others."""
    devices = [name for name in DEVICES if name in texts]
    others = [name for name in texts if name not in DEVICES]
    head = HEAD.format(summary=_summary(texts))
    PAGE.write_text("\n".join([head, *(texts[name] for name in (*devices, *others))]))


def measure(name: str, device: Device, minutes: float) -> str:
    """The Markdown section of a device; its plots are copied to the results."""
    out = WORK / name
    if (out / name).exists():  # finished the last time: start again
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    dry, wet = device.files(out)
    console = Console(stderr=True)
    spent = out / "cpu_s.txt"  # of earlier runs that were stopped
    cpu_s = float(spent.read_text()) if spent.exists() else 0.0
    begin_s = time.process_time()
    try:
        capture = learn_capture(
            dry, wet, name, minutes, out, lambda trainer: train_to_the_end(trainer, console)
        )
    finally:
        cpu_s += time.process_time() - begin_s
        spent.write_text(f"{cpu_s:.1f}")
    pictures = [
        _picture(out / name / file, f"device_capture_{name}_{file}")
        for file in (SPECTROGRAMS, CURVES, GAIN)
        if (out / name / file).exists()
    ]
    return _section(device, capture, minutes, pictures, _row(device, capture, cpu_s))


def _row(device: Device, capture: Capture, cpu_s: float) -> Row:
    found = capture.figures
    emphasised_db, distance, unheard_db = found.emphasised_db, found.mr_stft, None
    if device.box is not None:
        dry = guitars(UNHEARD)
        wanted, played = aligned(device.box(dry), Effect(capture.effect_path)(dry, RATE_HZ))
        unheard_db = esr_db(played, wanted)
        emphasised_db = esr_db(emphasised(played), emphasised(wanted))
        distance = mr_stft(played, wanted)
    best = capture.best
    return Row(
        device.description,
        found.effect_db,
        unheard_db,
        emphasised_db,
        distance,
        best.name,
        best.core_share,
        best.latency_samples,
        cpu_s,
    )


def aligned(wanted: Samples, played: Samples) -> tuple[Samples, Samples]:
    """As a pair's wet sound is before it is learned: delayed by some samples, and not inverted."""
    lags = np.arange(-MOST_LAG, MOST_LAG + 1)
    inner = played[MOST_LAG:-MOST_LAG]
    likeness = np.array([np.dot(np.roll(wanted, lag)[MOST_LAG:-MOST_LAG], inner) for lag in lags])
    best = int(np.abs(likeness).argmax())
    moved = np.sign(likeness[best]) * np.roll(wanted, lags[best])
    return moved[MOST_LAG:-MOST_LAG].astype(np.float32), inner


def _summary(sections: Mapping[str, str]) -> str:
    """A line for each section, by the row that it keeps."""
    lines = [
        "| device | held out | unheard | unheard, dB | pre-emphasised, dB | MR-STFT | chosen | "
        "of a core | latency | learned |",
        "|---|---:|---:|---:|---:|---:|---|---:|---:|---:|",
    ]
    for name in DEVICES:
        kept = re.search(r"^<!-- (\{.*\}) -->$", sections.get(name, ""), re.MULTILINE)
        if kept is None:
            continue
        row = Row(**json.loads(kept.group(1)))
        unheard = "| "
        if row.unheard_db is not None:
            unheard = f"{ratio(row.unheard_db)} | {row.unheard_db:.1f}"
        lines.append(
            f"| {row.description} | {ratio(row.held_out_db)} | {unheard} | "
            f"{row.emphasised_db:.1f} | {'' if row.mr_stft is None else f'{row.mr_stft:.2f}'} | "
            f"{row.chosen} | {100 * row.core_share:.2f} % | {row.latency_samples} samples | "
            f"{row.cpu_s:.0f} s |"
        )
    return "\n".join(lines)


def ratio(db: float) -> str:
    """A ratio of powers given in dB, as the tables show it."""
    ratio = 10 ** (db / 10)
    return f"{ratio:.4f}" if ratio >= 1e-4 else f"{ratio:.0e}"


def _section(
    device: Device, capture: Capture, minutes: float, pictures: list[str], row: Row
) -> str:
    report = capture.report_path.read_text(encoding="utf-8")
    tried = re.search(r"^\| tried.*?(?=\n\n)", report, re.MULTILINE | re.DOTALL)
    assert tried is not None
    notes = [result.message for result in capture.check_results if result.kind != "passed"]
    notes.append(capture.limit)
    return f"""<!-- {json.dumps(asdict(row))} -->
## {device.description}

{device.credit}

**ESR {capture.figures.esr:.4f}: {capture.figures.verdict}**, given {minutes:g} minutes.

{table(capture.figures)}

{tried.group()}

{" ".join(notes).strip()}

{chr(10).join(f"![{device.description}]({picture})" for picture in pictures)}

*{date.today().isoformat()}, {machine.describe()}*
"""


def _picture(source: Path, name: str) -> str:
    """Copy a plot with few colours, for a small file."""
    Image.open(source).convert("RGB").quantize(COLOURS).save(OUT_DIR / name, optimize=True)
    return name


def sections() -> dict[str, str]:
    """The sections of the last page by name."""
    if not PAGE.exists():
        return {}
    parts = re.split(r"^(?=<!-- [\w-]+ -->$)", PAGE.read_text(), flags=re.MULTILINE)[1:]
    return {part[5 : part.index(" -->")]: part.rstrip() + "\n" for part in parts}


if __name__ == "__main__":
    main()
