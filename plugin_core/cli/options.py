"""Options that several commands have, and notes about renamed ones."""

from __future__ import annotations

from typing import get_args

import click

from ..effect_files.loading import Backend, Device

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

overwrite_option = click.option("--overwrite", is_flag=True, help="Replace files that exist.")


def backend_text(backend: str, device: str) -> str:
    """The backend, and the device unless it is the CPU."""
    return backend if device == "cpu" else f"{backend} on {device}"


def note_renamed(old: str, new: str) -> None:
    """Say on stderr that an option has another name now; the old one works for one release."""
    click.echo(f"tonecast: {old} is called {new} now; the old name will go", err=True)
