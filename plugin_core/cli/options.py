"""Options that several commands have, and notes about renamed ones."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, get_args

import click

from ..effect_files.catalog import EffectEntry
from ..effect_files.loading import Backend, Device
from ..effects.chain import Stereo
from .messages import say

backend_option = click.option(
    "--backend",
    type=click.Choice(get_args(Backend)),
    default="auto",
    show_default=True,
    help="What computes the frames: kernels are made for CAE and CAFx effects.",
)

compute_option = click.option(
    "--compute",
    type=click.Choice(get_args(Device)),
    default="cpu",
    show_default=True,
    help="Where frames are computed; auto: on a GPU if there is one and the effect has no kernel.",
)

oversampling_option = click.option(
    "--oversampling",
    type=click.Choice(["1", "2", "4", "8"]),
    default="1",
    show_default=True,
    help="Play a capture at so many times its rate, against aliasing.",
)

cabinet_option = click.option(
    "--cabinet",
    type=click.Path(path_type=Path),
    metavar="IR.wav",
    help="Impulse response of the loudspeaker behind the effect.",
)

stereo_option = click.option(
    "--stereo",
    type=click.Choice(get_args(Stereo)),
    default="linked",
    show_default=True,
    help="What the noise gate listens to, and what the effect plays.",
)

overwrite_option = click.option("--overwrite", is_flag=True, help="Replace files that exist.")


class Seconds(click.FloatRange):
    """A time from 0 on; unlike click's own range it takes neither NaN nor infinity."""

    name = "seconds"

    def __init__(self) -> None:
        super().__init__(min=0)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The time, in seconds."""
        seconds = float(super().convert(value, param, ctx))
        if not math.isfinite(seconds):
            self.fail(f"{value} is no time in seconds", param, ctx)
        return seconds


def backend_text(backend: str, device: str) -> str:
    """The backend, and the device unless it is the CPU."""
    return backend if device == "cpu" else f"{backend} on {device}"


def rates_text(entry: EffectEntry) -> str:
    """The rates that an effect's files are made for."""
    return ", ".join(f"{rate_hz} Hz" for rate_hz in sorted(entry.files))


def note_renamed(old: str, new: str) -> None:
    """Say on stderr that an option has another name now; the old one works for one release."""
    say(f"{old} is called {new} now; the old name will go")
