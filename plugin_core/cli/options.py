"""Options that several commands have."""

from __future__ import annotations

from typing import get_args

import click

from ..effect_files.loading import Backend, Device

backend_option = click.option(
    "--backend",
    type=click.Choice(get_args(Backend)),
    default="auto",
    show_default=True,
    help="What plays the frames: kernels are made for CAE and CAFx effects.",
)

compute_option = click.option(
    "--compute",
    type=click.Choice(get_args(Device)),
    default="cpu",
    show_default=True,
    help="Where frames are computed; auto: without a kernel on a GPU where there is one.",
)


def name_player(backend: str, device: str) -> str:
    """The backend, and the device unless it is the CPU."""
    return backend if device == "cpu" else f"{backend} on {device}"
