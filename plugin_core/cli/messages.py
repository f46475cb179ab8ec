"""What commands tell the user beside their results: a line each on standard error."""

from __future__ import annotations

import re
from contextlib import suppress

import click

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def say(message: str) -> None:
    """Print one line; line breaks and escape codes, as in names of files, are spelled out."""
    line = _CONTROL_CHARACTERS.sub(lambda found: repr(found[0])[1:-1], message)
    with suppress(OSError):  # nobody may be listening
        click.echo(f"tonecast: {line}", err=True)
