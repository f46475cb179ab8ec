"""`tonecast verify`: whether an effect file still computes what PyTorch did."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..effect_files import parity
from ..effect_files.catalog import find_effect, is_path
from ..effect_files.loading import load_onnxruntime
from ..effect_files.trial import try_in_child
from ..errors import Error
from .messages import say
from .words import complete_effect


@click.command()
@click.argument(
    "effects", nargs=-1, required=True, metavar="FILE...", shell_complete=complete_effect
)
@click.option(
    "--isolated",
    is_flag=True,
    help="First open and play each FILE in a process of its own, with 2.5 GiB of memory and 10 s: "
    "for files of unknown origin.",
)
def verify(effects: tuple[str, ...], isolated: bool) -> None:
    """Check that effect files compute what PyTorch did.

    Plays the test signals of each FILE, or of an installed effect, and prints pass or the
    differences. The exit code is 2 unless all pass.
    """
    load_onnxruntime()
    failed = False
    for effect in effects:
        try:
            # A file is not read here before it has been tried out.
            files = [Path(effect)] if is_path(effect) else find_effect(effect).files.values()
        except Error as error:
            say(str(error))
            failed = True
            continue
        for file in files:
            failed |= not _passes(file, isolated)
    sys.exit(2 if failed else 0)


def _passes(file: Path, isolated: bool) -> bool:
    try:
        if isolated:
            try_in_child(file)
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
