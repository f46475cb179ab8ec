"""`tonecast new my-effect`: a folder from which an effect is trained and exported."""

from __future__ import annotations

from pathlib import Path

import click

from .need_torch import need_torch


@click.command()
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Begin an effect of your own: a network, training, export, test and a card.

    FOLDER is made, and its name is the effect's. It runs as it is, on simulated recordings.
    """
    need_torch()
    from ..new_effect.create import create

    create(folder)
    print(f"{folder}: see its README.md; it goes on with")
    print(f"  cd {folder}")
    print("  python train.py")
    print("  python export.py")
    print(f"  tonecast live {folder.name}.onnx")
