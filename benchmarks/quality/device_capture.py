"""Captures of devices from dry/wet pairs, as by `tonecast train --dry --wet` with its defaults.

    python -m tonecast.benchmarks.quality.device_capture [--minutes M] [PAIR …]

Writes results/DEVICE_CAPTURE.md and its plots; with names only those pairs are trained again. Each
takes about 20 minutes, the default of the command. A training that was stopped resumes.
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
from ...models.capture.learn import DEFAULT_MINUTES, learn_capture
from ...models.capture.report import CURVES, SPECTROGRAMS, table
from ...models.training import checkpoint
from ...models.training.checkpoint import Checkpoint
from ...models.training.malloc_tuning import keep_freed_memory
from ...models.training.progress import train_to_the_end
from ...plugin_core.audio_files.files import open_audio, whole_file
from .. import machine
from ..report import OUT_DIR
from .material import AUDIO

WORK = machine.ROOT / "build" / "device_capture"
PAGE = OUT_DIR / "DEVICE_CAPTURE.md"
COLOURS = 64
RENDERED_FROM = AUDIO / "music" / "stems_mdn_leadguitar.flac"

HEAD = """# Captures of devices

Written by `python -m tonecast.benchmarks.quality.device_capture`: each dry/wet pair as by
`tonecast train --dry --wet`, with default settings but for the minutes that are named, on one
thread; played by the engine. Of every 10 s or so the last 15 % were held out. The recordings are
for evaluation; no effect that ships is trained on them.

ESR is the energy of the error over that of the target: below 0.01 is great, below 0.035 good, below
0.1 fair, above is poor. The linear filter has 512 taps; it and the memoryless curve after it were
fitted to the same training parts.
"""


@dataclass(frozen=True)
class Device:
    """A device and its pair of recordings: description, source, and the files' common prefix."""

    description: str
    credit: str
    stem: str


DEVICES = {
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
@click.argument("names", metavar="[PAIR]...", nargs=-1, type=click.Choice(list(DEVICES)))
@click.option("--minutes", type=float, default=DEFAULT_MINUTES, show_default=True)
def main(names: tuple[str, ...], minutes: float) -> None:
    """Train on the pairs named, or all, and write the page."""
    if not AUDIO.is_dir():
        sys.exit(f"{AUDIO} is not there; the pairs are in it")
    torch.set_num_threads(1)
    keep_freed_memory()
    for name in names or DEVICES:
        Console().print(f"[bold]{name}[/bold]")
        section = measure(name, minutes)
        texts = {**_sections(), name: f"<!-- {name} -->\n{section.rstrip()}\n"}
        PAGE.write_text("\n".join([HEAD, *(texts[name] for name in DEVICES if name in texts)]))


def measure(name: str, minutes: float) -> str:
    """The Markdown section of a pair; its plots are copied to the results."""
    device, out = DEVICES[name], WORK / name
    if (out / name).exists():  # finished the last time: start again
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    dry, wet = _files(device, out)
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
        for file in (SPECTROGRAMS, CURVES)
    ]
    notes = [result.message for result in capture.check_results if result.kind != "passed"]
    notes.append(capture.limit)
    trained = checkpoint.load(capture.checkpoint_path)
    return _section(device, trained, capture.figures, (minutes, cpu_s), notes, pictures)


def _section(
    device: Device,
    trained: Checkpoint,
    found: PairFigures,
    time_given: tuple[float, float],
    notes: list[str],
    pictures: list[str],
) -> str:
    minutes, cpu_s = time_given
    config, progress = trained.config, trained.progress or {}
    sizes = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in asdict(config.size).items())
    return f"""## {device.description}

{device.credit}.

**ESR {found.esr:.4f}: {found.verdict}.**

{table(found)}

{config.model.upper()}, {config.sample_rate_hz} Hz: {sizes}.
Given {minutes:g} minutes: {progress.get("steps_done", 0)} steps of {config.batch_frames}
frames in {progress.get("seconds", 0):.0f} s. All of it, checks and report included, took
{cpu_s:.0f} s of one core: where that is less than the training's seconds, the machine was shared.

{" ".join(notes).strip()}

{chr(10).join(f"![{device.description}]({picture})" for picture in pictures)}

*{date.today().isoformat()}, {machine.describe()}*
"""


def _files(device: Device, out: Path) -> tuple[Path, Path]:
    """Dry and wet file of a pair; the simulated one is rendered into `out`."""
    if device.stem:
        folder = AUDIO / "pairs"
        return folder / f"{device.stem}__dry.flac", folder / f"{device.stem}__processed.flac"
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
    """Copy a plot with few colours, for a small file."""
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
