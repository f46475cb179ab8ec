"""Boxes learned from pairs of recordings, as `tonecast train --dry --wet` does it by default.

    python -m tonecast.benchmarks.quality.device_capture [--minutes M] [PAIR …]

Writes results/REAL_BOX.md and its pictures; with names only those pairs are trained anew. Each
takes about 20 minutes, the default of the command. What was stopped goes on where it was.
"""

from __future__ import annotations

import re
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import click
import numpy as np
import torch
from pedalboard import Distortion, Gain, HighpassFilter, LowpassFilter
from PIL import Image
from rich.console import Console

from ...models.capture.figures import PairFigures
from ...models.capture.report import CURVES, SPECTROGRAMS, limit_sentence, table
from ...models.commands.train import DEFAULT_MINUTES
from ...models.commands.train_capture import train_pair
from ...models.data.pair.pair import read_pair
from ...models.training import checkpoint
from ...models.training.checkpoint import Checkpoint
from ...models.training.malloc_tuning import keep_freed_memory
from ...plugin_core.audio_files.files import open_audio, whole_file
from .. import machine
from ..report import OUT_DIR
from .material import AUDIO

WORK = machine.ROOT / "build" / "real_box"
PAGE = OUT_DIR / "REAL_BOX.md"
COLOURS = 64
RENDERED_FROM = AUDIO / "music" / "stems_mdn_leadguitar.flac"

HEAD = """# Boxes learned from recordings

Written by `python -m tonecast.benchmarks.quality.device_capture`: each pair as
`tonecast train --dry --wet` takes it, with default settings but for the minutes that are named, on
one thread; played by the engine. Of each stretch of about 10 s the last 15 % were held out. The
recordings are for evaluation; no effect that ships is trained on them.

ESR is the energy of the error over that of the target: below 0.01 is great, below 0.035 good, below
0.1 may do, above is poor. The plain filter has 512 taps; it and the memoryless curve after it were
fitted to the same training parts.
"""


@dataclass(frozen=True)
class Device:
    """A pair to learn: what it is, who recorded it, and the files' common beginning."""

    description: str
    credit: str
    stem: str


BOXES = {
    "optical-compressor": Device(
        "TubeTech CL 1B, an optical tube compressor, 20 s of music",
        "RiccardoVib/Hybrid-Neural-Audio-Effects_pages, CC-BY-SA-4.0",
        "cl1b_hybrid_20s",
    ),
    "overdrive-pedal": Device(
        "Behringer OD300, an analog overdrive pedal, both controls at half, 5 s",
        "RiccardoVib/Comparative_pages, CC-BY-SA-4.0",
        "od300_0.5_0.5",
    ),
    "software-overdrive": Device(
        "Software overdrive, drive and brightness at 45 %, 5 s",
        "RiccardoVib/Conditioning-Methods-for-Neural-Audio-Effects_pages, CC-BY-SA-4.0",
        "synthetic_overdrive_B_drive45_bright45",
    ),
    "pedalboard-chain": Device(
        "Simulated: pedalboard's highpass, distortion of 20 dB and lowpass, 20 s of guitar",
        "dry sound: mdn/webaudio-examples, CC0-1.0",
        "",
    ),
}


@click.command()
@click.argument("names", metavar="[PAIR]...", nargs=-1, type=click.Choice(list(BOXES)))
@click.option("--minutes", type=float, default=DEFAULT_MINUTES, show_default=True)
def main(names: tuple[str, ...], minutes: float) -> None:
    """Train on the pairs named, or all, and write the page."""
    if not AUDIO.is_dir():
        sys.exit(f"{AUDIO} is not there; the pairs are in it")
    torch.set_num_threads(1)
    keep_freed_memory()
    for name in names or BOXES:
        Console().print(f"[bold]{name}[/bold]")
        section = measure(name, minutes)
        texts = {**_sections(), name: f"<!-- {name} -->\n{section.rstrip()}\n"}
        PAGE.write_text("\n".join([HEAD, *(texts[name] for name in BOXES if name in texts)]))


def measure(name: str, minutes: float) -> str:
    """The Markdown section of a pair, its pictures copied to the results."""
    box, out = BOXES[name], WORK / name
    if (out / name).exists():  # finished the last time: begin anew
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    dry, wet = _files(box, out)
    spent = out / "cpu_s.txt"  # of earlier runs that were stopped
    cpu_s = float(spent.read_text()) if spent.exists() else 0.0
    begin_s = time.process_time()
    try:
        found = train_pair(dry, wet, name, minutes, out, "cpu", Console(stderr=True))
    finally:
        cpu_s += time.process_time() - begin_s
        spent.write_text(f"{cpu_s:.1f}")
    pictures = [
        _picture(out / name / file, f"real_box_{name}_{file}") for file in (SPECTROGRAMS, CURVES)
    ]
    pair = read_pair(dry, wet)
    noted = [f.sentence for f in pair.check_results if f.kind != "passed"]
    noted.append(limit_sentence(found, pair.device_type))
    trained = checkpoint.load(out / f"{name}.pt")
    return _section(box, trained, found, (minutes, cpu_s), noted, pictures)


def _section(
    box: Device,
    trained: Checkpoint,
    found: PairFigures,
    time_given: tuple[float, float],
    noted: list[str],
    pictures: list[str],
) -> str:
    minutes, cpu_s = time_given
    config, progress = trained.config, trained.progress or {}
    sizes = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in asdict(config.size).items())
    return f"""## {box.description}

{box.credit}.

**ESR {found.esr:.4f}: {found.verdict}.**

{table(found)}

{config.model.upper()}, {config.sample_rate_hz} Hz: {sizes}.
Given {minutes:g} minutes: {progress.get("steps_done", 0)} steps of {config.batch_frames}
frames in {progress.get("seconds", 0):.0f} s. All of it, checks and report included, took
{cpu_s:.0f} s of one core: where that is less than the training's seconds, others had the machine.

{" ".join(noted).strip()}

{chr(10).join(f"![{box.description}]({picture})" for picture in pictures)}

*{date.today().isoformat()}, {machine.describe()}*
"""


def _files(box: Device, out: Path) -> tuple[Path, Path]:
    """Dry and wet file of a pair; the rendered one is made."""
    if box.stem:
        folder = AUDIO / "pairs"
        return folder / f"{box.stem}__dry.flac", folder / f"{box.stem}__processed.flac"
    with open_audio(RENDERED_FROM) as file:
        dry, rate_hz = file.read(file.frames)[:1], int(file.samplerate)
    wet = dry
    for plugin in (HighpassFilter(200), Distortion(20), LowpassFilter(3000), Gain(-6)):
        wet = plugin(wet, rate_hz)
    paths = out / "dry.wav", out / "wet.wav"
    for path, sound in zip(paths, (dry, wet), strict=True):
        with whole_file(path, rate_hz, 1, 24) as sink:
            sink.write(np.asarray(sound, np.float32))
    return paths


def _picture(source: Path, name: str) -> str:
    """Copy a picture with few colours, which keeps it small."""
    Image.open(source).convert("RGB").quantize(COLOURS).save(OUT_DIR / name, optimize=True)
    return name


def _sections() -> dict[str, str]:
    """The sections of the last page by name."""
    if not PAGE.exists():
        return {}
    parts = re.split(r"^(?=<!-- [\w-]+ -->$)", PAGE.read_text(), flags=re.MULTILINE)[1:]
    return {part[5 : part.index(" -->")]: part.rstrip() + "\n" for part in parts}


if __name__ == "__main__":
    main()
