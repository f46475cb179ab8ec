"""`tonecast process`: play audio files through an effect."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ...atomic_write import check_new
from ...audio_files.files import BIT_DEPTHS
from ...audio_files.pipes import is_pipe
from ...effect_files.loading import Backend, Device
from ...effects.arrays import check_has_sidechain
from ...effects.automation import ParameterValue, is_automatic
from ...effects.chain import Stereo
from ...effects.effect import Effect
from ...errors import Error
from ..messages import say
from ..options import (
    backend_option,
    cabinet_option,
    compute_option,
    oversampling_option,
    overwrite_option,
    stereo_option,
)
from ..words import complete_effect, complete_setting
from .plan import Job, plan
from .run import run

PICTURES = (".png", ".pdf", ".svg")
SWITCH = {"on": "1", "true": "1", "off": "0", "false": "0"}


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="IN... [OUT]", type=click.Path())
@click.option("--effect", "-e", "name", required=True, metavar="NAME|PATH",
              shell_complete=complete_effect, help="What to play.")  # fmt: skip
@click.option(
    "--set",
    "-s",
    "settings",
    multiple=True,
    metavar="CONTROL=VALUE",
    shell_complete=complete_setting,
    help="Set a control; 'tonecast info EFFECT' lists them.",
)
@click.option(
    "--out",
    "-o",
    type=click.Path(),
    help="Output file, or folder for several inputs. All other paths are then inputs.",
)
@backend_option
@compute_option
@oversampling_option
@cabinet_option
@stereo_option
@click.option("--sidechain", type=click.Path(path_type=Path), metavar="KEY.wav",
              help="What an effect with a side-chain listens to, as long as IN.")  # fmt: skip
@click.option("--mix", type=float, help="0 is dry, 1 is wet.")
@click.option("--input-gain-db", type=float, help="Gain before the effect.")
@click.option("--output-gain-db", type=float, help="Gain after the effect.")
@click.option(
    "--bit-depth",
    type=click.Choice(["16", "24", "32"]),
    help="Bits per sample, 32 being float. As the input if not given.",
)
@click.option(
    "--format",
    "extension",
    type=click.Choice([extension[1:] for extension in BIT_DEPTHS]),
    help="Format of the files in an output folder, or of what goes into a pipe. As the inputs if "
    "not given, and WAV where they cannot be written.",
)
@click.option("--plot", "plot_path", type=click.Path(path_type=Path), metavar="FILE.png",
              help="Plot an automatic control's values over a file's spectrogram.")  # fmt: skip
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, help="Files to play in parallel.")
@overwrite_option
def process(
    paths: tuple[str, ...],
    name: str,
    settings: tuple[str, ...],
    out: str | None,
    backend: Backend,
    compute: Device,
    oversampling: str,
    cabinet: Path | None,
    stereo: Stereo,
    sidechain: Path | None,
    mix: float | None,
    input_gain_db: float | None,
    output_gain_db: float | None,
    bit_depth: str | None,
    extension: str | None,
    plot_path: Path | None,
    jobs: int,
    overwrite: bool,
) -> None:
    """Play audio files, or all files of a folder, through an effect.

    Rate, channels and length are kept, and the extension of OUT names the format. Without --out the
    last path is the output, as with cp. "-" is standard input or output.

    \b
    tonecast process song.wav tamed.flac --effect resonance-eq --set attenuation=0.4
    tonecast process *.wav takes/ --effect resonance-eq --jobs 4
    tonecast process song.wav tamed.wav -e resonance-eq -s attenuation=auto --plot curve.png
    ffmpeg -i film.mkv -f wav - | tonecast process - - -e resonance-eq | flac -o sound.flac -
    """  # noqa: D301 - click wants the character itself
    options = {"mix": mix, "input_gain_db": input_gain_db, "output_gain_db": output_gain_db}
    controls: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    controls.update(parse_settings(settings))
    try:
        effect = Effect(
            name,
            backend=backend,
            device=compute,
            oversampling=int(oversampling),
            cabinet=cabinet,
            stereo=stereo,
            **controls,
        )
    except (TypeError, ValueError) as error:
        raise Error(str(error)) from None
    if sidechain is not None:
        check_has_sidechain(effect.name, effect.contract)
    if out is None:
        if len(paths) < 2:
            raise Error(f"no output is given; name one after {paths[0]}, or with --out")
        *inputs, out = paths
    else:
        inputs = list(paths)
    planned, refused = plan(inputs, out, f".{extension}" if extension else None, overwrite)
    if plot_path is not None:
        check_plot(plot_path, effect, planned, refused, overwrite)
    depth = int(bit_depth) if bit_depth else None
    failed, untold = run(effect, planned, depth, jobs, plot_path, overwrite, sidechain)
    failed = refused + failed
    if len(planned) + len(refused) > 1 and failed:
        say(f"{len(failed)} of {len(planned) + len(refused)} failed:")
    for message in failed + untold:
        say(message)
    sys.exit(2 if failed or untold else 0)


def check_plot(
    path: Path, effect: Effect, planned: Sequence[Job], refused: Sequence[str], overwrite: bool
) -> None:
    """Raise tonecast.Error where nothing could be plotted, or the file cannot be written."""
    if path.suffix.lower() not in PICTURES:
        raise Error(f"{path} cannot be drawn; name a {', '.join(PICTURES[:-1])} or .svg file")
    if not path.parent.is_dir() or path.is_dir():
        raise Error(f"{path} cannot be written; name a file in a folder that exists")
    if len(effect.automatic) != 1:
        raise Error("--plot draws the values of an automatic control; set one to auto")
    if len(planned) + len(refused) != 1:
        raise Error("--plot draws one file; name a single input")
    if any(is_pipe(job.source) for job in planned):
        raise Error("--plot reads the sound again, which a pipe does not allow; name a file")
    check_new(path, overwrite)


def parse_settings(settings: Sequence[str]) -> dict[str, ParameterValue]:
    """`["attenuation=0.4"]` as a mapping; "auto" stays text. Raise tonecast.Error."""
    parsed: dict[str, ParameterValue] = {}
    for setting in settings:
        control, _, value = setting.partition("=")
        if is_automatic(value.strip()):
            parsed[control.strip()] = value.strip()
            continue
        try:
            parsed[control.strip()] = float(SWITCH.get(value.strip().lower(), value))
        except ValueError:
            raise Error(
                f"--set takes CONTROL=VALUE with a number or auto, not {setting!r}"
            ) from None
    return parsed
