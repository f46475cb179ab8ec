"""`tonecast train`: train a model and export it as an effect."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

import click
from rich.console import Console

from ...plugin_core.errors import Error
from ..capture.learn import DEFAULT_MINUTES
from ..training.progress import decibels_text, make_folder, train_to_the_end
from .need_torch import need_torch

# No interface or amplifier is beyond it; the contract has wider bounds.
DBU = click.FloatRange(-60, 60)


@click.command()
@click.argument("config_path", metavar="[CONFIG]", required=False, type=click.Path(path_type=Path))
@click.option("--dry", type=click.Path(path_type=Path), help="Recording of a device's input.")
@click.option("--wet", type=click.Path(path_type=Path), help="Recording of its output.")
@click.option(
    "--pairs",
    type=click.Path(path_type=Path),
    metavar="BOX.csv",
    help="Recordings at several settings of a device's knobs, instead of --dry and --wet.",
)
@click.option(
    "--ratings",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="STUDY",
    help="A listening study that has been held: train a predictor of the attenuation.",
)
@click.option("--predictor", type=click.Choice(["drn", "ffn"]), default="drn", show_default=True,
              help="With --ratings: which network.")  # fmt: skip
@click.option("--without", multiple=True, metavar="CODE",
              help="With --ratings: leave a rater out.")  # fmt: skip
@click.option("--simulated-weight", type=click.FloatRange(0, 1), default=0.0, show_default=True,
              help="With --ratings: what a simulated rater counts beside a person.")  # fmt: skip
@click.option("--name", help="Name of the effect: a-z, 0-9 and -, as in my-device.")
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    default=DEFAULT_MINUTES,
    show_default=True,
    help="About how long to train on --dry and --wet.",
)
@click.option(
    "--delay-ms",
    "--delay",
    type=float,
    metavar="MS",
    help="How late the wet recording is, in milliseconds, where measuring it fails.",
)
@click.option("--family", help="Learn this family alone, as wavenet, recurrent, linear or cafx.")
@click.option(
    "--max-cpu",
    metavar="PERCENT",
    help="How much of one core the effect may take, as 3%.",
)
@click.option(
    "--max-latency",
    type=click.FloatRange(min=0),
    metavar="MS",
    help="How late the effect may be, in milliseconds.",
)
@click.option(
    "--input-dbu",
    type=DBU,
    metavar="DBU",
    help="Analog level of full scale at the device's input, in dBu, where you know it.",
)
@click.option("--output-dbu", type=DBU, metavar="DBU", help="Likewise at its output.")
@click.option(
    "--make-input",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.wav",
    help="Write the recording to play through a device, for --dry, and do nothing else.",
)
@click.option("--live", is_flag=True, help="Hear on an audio device what has been learned so far.")
@click.option("--audio-device", help="Number or part of a name, for --live.")
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("training"),
    show_default=True,
    help="Folder for the checkpoint and the effect.",
)
@click.option("--data", metavar="FOLDER", help="Recordings, instead of the folder in CONFIG.")
@click.option(
    "--device", default="cpu", show_default=True, help="Where to compute: cpu, cuda or mps."
)
@click.option("--threads", type=click.IntRange(1, 1024), help="CPU threads; all cores by default.")
def train(
    config_path: Path | None,
    dry: Path | None,
    wet: Path | None,
    pairs: Path | None,
    ratings: Path | None,
    predictor: Literal["drn", "ffn"],
    without: tuple[str, ...],
    simulated_weight: float,
    name: str | None,
    minutes: float,
    delay_ms: float | None,
    family: str | None,
    max_cpu: str | None,
    max_latency: float | None,
    input_dbu: float | None,
    output_dbu: float | None,
    make_input: Path | None,
    live: bool,
    audio_device: str | None,
    out: Path,
    data: str | None,
    device: str,
    threads: int | None,
) -> None:
    """Train a model as CONFIG, a TOML file, says; or capture your own device.

    CONFIG is a path, or the name of a config that comes with tonecast, such as overdrive. Stop
    with Ctrl-C at any time; the same command resumes the training, with nothing lost.

    With --dry, --wet and --name instead, two recordings of a device's input and output are checked
    and aligned; models from a filter to a WaveNet learn from most of them, the best is exported,
    verified, and measured on the rest. OUT/NAME.onnx is the effect, OUT/NAME/report.md has the
    figures. What to play into the device is up to you; --make-input writes a recording made for it,
    and NAM's own input file does as well: both are recognised, and aligned by their clicks.

    With --pairs, a table of recordings, a WaveNet learns the device's knobs as well; they become
    controls of the effect. The table's first line names dry, wet and each knob; each other line has
    two files, relative to the table, and the knobs' values in the device's own units. A column
    held_out (yes or no) keeps settings for the report; without one the middle setting is kept.

    With --ratings and --name, a predictor learns how much of a resonance equalizer people wanted in
    a listening study (see tonecast listen). OUT/NAME.onnx moves the equalizer's attenuation;
    OUT/NAME.md has the ratings and the cross-validation against their mean.
    """
    if ratings is not None:
        if any(one is not None for one in (config_path, dry, wet, pairs, make_input)) or not name:
            raise Error("give --ratings STUDY with --name, and no CONFIG or recordings")
        need_torch()
        from .train_ratings import train_ratings

        train_ratings(ratings, predictor, name, out, without, simulated_weight)
        return
    own: dict[str, object] = {"--dry": dry, "--wet": wet, "--name": name}
    if pairs is not None:
        own = {"--pairs": pairs, "--name": name}
        for option, value in {
            "--dry": dry,
            "--wet": wet,
            "--max-cpu": max_cpu,
            "--max-latency": max_latency,
            "--live": live or None,
            "--audio-device": audio_device,
        }.items():
            if value is not None:
                raise Error(f"{option} does not go with --pairs; leave it out")
    for_pairs = {
        "--delay-ms": delay_ms,
        "--family": family,
        "--max-cpu": max_cpu,
        "--max-latency": max_latency,
        "--input-dbu": input_dbu,
        "--output-dbu": output_dbu,
        "--live": live or None,
        "--audio-device": audio_device,
    }
    if make_input is not None:
        if any(v is not None for v in (config_path, *own.values(), *for_pairs.values())):
            raise Error("--make-input trains nothing; give it alone, and play its file first")
        _make_input(make_input)
        return
    for option, value in for_pairs.items():
        if value is not None and config_path is not None:
            raise Error(f"{option} is for --dry and --wet; leave it out with a CONFIG")
    given = [option for option, value in own.items() if value is not None]
    missing = [option for option in own if option not in given]
    needed = "--pairs BOX.csv" if pairs is not None else "--dry A.wav --wet B.wav"
    if config_path is not None and given:
        raise Error(f"give either CONFIG or {', '.join(own)}, not both")
    if given and missing:
        raise Error(f"{' and '.join(missing)} must be given as well: {needed} --name my-device")
    if config_path is None and not given:
        raise Error(
            "give a CONFIG, or --dry, --wet and --name, or --pairs and --name; see tonecast train "
            "--help"
        )
    need_torch()
    import torch

    from ..training.device import check_device

    check_device(device)
    if threads is not None:
        torch.set_num_threads(threads)
    console = Console(stderr=True)
    if config_path is not None:
        _train_config(config_path, data, out, device, console)
        return
    from ...plugin_core.effect_files.contract import Capture

    known = input_dbu is not None or output_dbu is not None
    levels = Capture(None, input_dbu, output_dbu) if known else None
    if pairs is not None and name is not None:
        from .train_knobs import train_knobs

        train_knobs(pairs, name, minutes, out, device, console, delay_ms, family, levels)
    elif dry is not None and wet is not None and name is not None:
        from ..capture.ladder.limits import Limits
        from .train_capture import train_capture

        share = None if max_cpu is None else _share(max_cpu)
        limits = Limits(family, share, max_latency)
        train_capture(
            dry,
            wet,
            name,
            minutes,
            out,
            device,
            console,
            delay_ms,
            limits,
            levels,
            audio_device,
            live or audio_device is not None,
        )


def _make_input(path: Path) -> None:
    from ..data.protocol import layout
    from ..data.protocol.recording import write_recording

    write_recording(path)
    print(
        f"{path}: {layout.END_S / 60:.1f} minutes, {layout.SAMPLE_RATE_HZ} Hz, {layout.BITS} bit; "
        f"play it through the device, record what comes out, and give the two as --dry and --wet"
    )


def _share(percent: str) -> float:
    """From "3%" or "3" to 0.03."""
    try:
        share = float(percent.removesuffix("%")) / 100
    except ValueError:
        share = 0.0
    if not 0 < share < math.inf:
        raise Error(f"--max-cpu must be a share of one core, as 3%, not '{percent}'")
    return share


def _train_config(
    config_path: Path, data: str | None, out: Path, device: str, console: Console
) -> None:
    from ..capture.fitted import fit
    from ..training.config import read_config
    from ..training.session import make_trainer

    config = read_config(_find(config_path), data)
    make_folder(out)
    checkpoint = out / f"{config.name}.pt"
    console.print(f"Reading {config.data.credit} …")
    trainer = None
    if config.stages:
        trainer, notes = make_trainer(config, checkpoint, device)
    else:
        notes = fit(config, checkpoint)
    console.print(
        f"{len(notes.training)} notes for training, {len(notes.validation)} for validation, "
        f"{len(notes.test)} held out for the test"
    )
    if trainer is not None:
        train_to_the_end(trainer, console)
        progress = trainer.progress
        console.print(
            f"Validation ESR {decibels_text(progress.best_esr)} after {progress.seconds:.0f} s"
        )
    print(f"tonecast export {checkpoint} {out / config.name}.onnx")


def _find(path: Path) -> Path:
    """The config at a path, or the one of that name that comes with tonecast."""
    if path.suffix == ".toml":
        return path
    from ... import models

    folder = Path(models.__path__[0]) / "configs"
    files = sorted(folder.rglob("*.toml"))
    shipped = {file.relative_to(folder).with_suffix("").as_posix(): file for file in files}
    name = path.as_posix()  # a folder's as well, as in papers/cafx-base
    if name in shipped:
        return shipped[name]
    if path.parent == Path():
        raise Error(
            f"no config named '{path}' comes with tonecast; there is {', '.join(shipped)}, "
            f"or give the path of a .toml file"
        )
    return path
