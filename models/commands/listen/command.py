"""`tonecast listen`: the group of its commands."""

from __future__ import annotations

import click

from .make import make


@click.group()
def listen() -> None:
    """Listening experiments in a browser: make one, hold it, and read what people chose."""


listen.add_command(make)
