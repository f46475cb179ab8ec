"""`tonecast listen`: the group of its commands."""

from __future__ import annotations

import click

from .make import make
from .power import power
from .results import export, report
from .serve import serve


@click.group()
def listen() -> None:
    """Listening experiments in a browser: make one, hold it, and read what people chose."""


for one in (make, serve, report, export, power):
    listen.add_command(one)
