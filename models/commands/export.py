"""`tonecast export`: from a checkpoint to an effect file, from an effect file to a `.nam` file."""

from __future__ import annotations

from pathlib import Path

import click

from ...plugin_core.atomic_write import check_new
from ...plugin_core.errors import Error
from .need_torch import need_torch


@click.command()
@click.argument("source", metavar="CHECKPOINT|EFFECT.onnx", type=click.Path(path_type=Path))
@click.argument("out", metavar="OUT.onnx|OUT.nam", type=click.Path(path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace a file that exists.")
def export(source: Path, out: Path, overwrite: bool) -> None:
    """Export a training's checkpoint as an effect file, checked against PyTorch.

    Or an effect file as a capture for Neural Amp Modeler, as far as that format can hold it.
    """
    suffix = out.suffix.lower()
    if suffix not in (".onnx", ".nam"):
        raise Error(f"{out} is no name of an effect file or a capture; end it in .onnx or .nam")
    check_new(out, overwrite)
    need_torch()
    if suffix == ".onnx":
        _export_checkpoint(source, out)
        return
    from ..capture_files.nam import write_nam

    print(f"{out}: a .nam file of version {write_nam(source, out)}")


def _export_checkpoint(checkpoint_path: Path, effect_path: Path) -> None:
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
