"""`tonecast verify`: whether an effect file still computes what PyTorch did."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..effect_files import parity
from ..effect_files.catalog import find_effect
from ..effect_files.loading import load_onnxruntime
from ..errors import Error
from .messages import say


@click.command()
@click.argument("effects", nargs=-1, required=True, metavar="FILE...")
def verify(effects: tuple[str, ...]) -> None:
    """Check that effect files compute what PyTorch did.

    Plays the test signals of each FILE, or of an installed effect, and prints pass or the
    differences. The exit code is 2 unless all pass.
    """
    load_onnxruntime()
    failed = False
    for effect in effects:
        try:
            files = list(find_effect(effect).files.values())
        except Error as error:
            say(str(error))
            failed = True
            continue
        for file in files:
            failed |= not _passes(file)
    sys.exit(2 if failed else 0)


def _passes(file: Path) -> bool:
    try:
        report = parity.verify(file)
    except Error as error:
        say(str(error))
        return False
    if report.passed:
        print(
            f"{file}: pass: {report.signals} signals within {report.largest_difference:.1e} "
            f"of PyTorch (tolerance {report.tolerance:g})"
        )
        return True
    for difference in report.differences:
        print(f"{file}: differs: {difference}")
    return False
