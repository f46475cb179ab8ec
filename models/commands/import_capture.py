"""`tonecast import`: from a capture by another program to an effect file."""

from __future__ import annotations

from pathlib import Path

import click

from ...plugin_core import _engine
from ...plugin_core.atomic_write import check_new
from ...plugin_core.errors import Error
from .need_torch import need_torch


@click.command("import")
@click.argument("capture_path", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("effect_path", metavar="[OUT.onnx]", required=False,
                type=click.Path(path_type=Path))  # fmt: skip
@click.option("--size", type=click.FloatRange(0, 1), default=1.0, show_default=True,
              help="Which of a container's networks.")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace an effect file that exists.")
def import_command(
    capture_path: Path, effect_path: Path | None, size: float, overwrite: bool
) -> None:
    """Make an effect file of a capture: .nam, or the JSON of AIDA-X, RTNeural or Proteus.

    Captures play as they are, too; the file adds a graph for ONNX Runtime and a parity record.
    """
    if not _engine.is_capture(capture_path):
        raise Error(f"{capture_path} is no name of a capture; those end in .nam, .json or .aidax")
    out = effect_path or capture_path.with_suffix(".onnx")
    if out.suffix.lower() != ".onnx":
        raise Error(f"{out} is no name of an effect file; end it in .onnx")
    check_new(out, overwrite)
    need_torch()
    from ..capture_files.importing import import_capture

    contract = import_capture(capture_path, out, size)
    print(
        f"{out}: {contract.label}, within {contract.parity.largest_difference:.1e} of PyTorch over "
        f"{len(contract.parity.signals)} signals"
    )
