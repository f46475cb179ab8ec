"""Options that several commands have."""

from __future__ import annotations

from typing import get_args

import click

from ..library import Backend

backend_option = click.option(
    "--backend",
    type=click.Choice(get_args(Backend)),
    default="auto",
    show_default=True,
    help="What plays the frames: kernels are made for CAE and CAFx effects.",
)
