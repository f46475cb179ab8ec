"""`tonecast export`: from a checkpoint to an effect file."""

from __future__ import annotations

from pathlib import Path

import click

from ...plugin_core.atomic_write import check_new
from ...plugin_core.errors import Error
from .need_torch import need_torch


@click.command()
@click.argument("checkpoint_path", metavar="CHECKPOINT", type=click.Path(path_type=Path))
@click.argument("effect_path", metavar="OUT.onnx", type=click.Path(path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace an effect file that exists.")
def export(checkpoint_path: Path, effect_path: Path, overwrite: bool) -> None:
    """Export a training's checkpoint as an effect file, checked against PyTorch."""
    if effect_path.suffix.lower() != ".onnx":
        raise Error(f"{effect_path} is no name of an effect file; end it in .onnx")
    check_new(effect_path, overwrite)
    need_torch()
    from ..release.checkpoint import differences, export_checkpoint
    from ..training import checkpoint

    found = checkpoint.load(checkpoint_path)
    if not effect_path.parent.is_dir():
        raise Error(f"{effect_path.parent} is no folder; make it first")
    export_checkpoint(found, effect_path)
    difference = differences(found.model(), effect_path)
    print(
        f"{effect_path}: of {difference.frames} frames of noise, half differ from the model by "
        f"less than {difference.median:.1e} of their peak, 99 in 100 by less than "
        f"{difference.p99:.1e}"
    )
