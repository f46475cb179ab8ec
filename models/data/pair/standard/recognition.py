"""Which standard recording a dry file is, if any."""

from __future__ import annotations

from pathlib import Path

from .....plugin_core.samples import Samples
from ..check_result import CheckResult
from .isolated_clicks import isolated_clicks
from .nam_input import recognise_nam
from .own_protocol import recognise_own
from .standard import Standard

WAY_OUT = (
    "play NAM's input file as it was downloaded, or the recording that tonecast train --make-input "
    "writes, and give that file itself as --dry"
)


def recognise(
    path: Path, dry: Samples, sample_rate_hz: int
) -> tuple[Standard | None, list[CheckResult]]:
    """The recording that `dry` [samples] of `path` is, and what is to be said about it.

    A warning names a file that is no longer what it was; it is then aligned as any other, or by its
    clicks where they are still there.
    """
    clicks = isolated_clicks(dry, sample_rate_hz)
    standard, flaw = recognise_own(clicks)
    if standard is None and not flaw:
        standard, flaw = recognise_nam(path, dry, sample_rate_hz, clicks)
    if standard is None and not flaw:
        return None, []
    if standard is None:
        message = f"{path.name} {flaw}; it is used as any other recording. Better {WAY_OUT}."
        return None, [CheckResult("warning", "standard recording", message)]
    if flaw:
        message = f"{path.name} is {standard.name}, but {flaw}. Better {WAY_OUT}."
        return standard, [CheckResult("warning", "standard recording", message)]
    message = f"{path.name} is {standard.name}: its parts for training and test are used."
    return standard, [CheckResult("passed", "standard recording", message)]
