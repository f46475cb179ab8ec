"""`tonecast demo`: hear and see an effect without a recording."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import Error
from .options import overwrite_option


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Folder for sound and picture.",
)
@overwrite_option
def demo(out: Path, overwrite: bool) -> None:
    """Hear and see what the resonance equalizer does.

    Renders a phrase of synthesized instruments in a resonant room, and draws spectrograms.
    """
    from ..demo import render_demo  # pedalboard and matplotlib, only when asked for

    try:
        for line in render_demo(out, overwrite):
            print(line)
    except OSError as error:
        raise Error(f"{out} cannot be written: {error.strerror}") from None
