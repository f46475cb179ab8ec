"""Modules that are, whatever their author calls them, a network that a kernel plays.

Then the file says so, by an architecture of docs/effect-file.md, and the kernel plays it without
latency.

traced graph ── recurrent: cells and dense layers
             └─ read: signals, as sums of convolutions of signals ── wavenet: layers and arrays
"""

from __future__ import annotations

from collections.abc import Sequence

from ....plugin_core.effect_files.contract import Control
from ..trace import Trace
from .known import Known, OtherError
from .recurrent import recurrent
from .wavenet import wavenet

__all__ = ["Known", "recognised"]


def recognised(traced: Trace, controls: Sequence[Control]) -> Known | None:
    """What the module is, if it is known."""
    if traced.sidechain is not None or traced.channels > 1:  # no kernel plays such
        return None
    if any(control.scale == "log" for control in controls):
        return None
    for architecture in (recurrent, wavenet):
        try:
            return architecture(traced, controls)
        except OtherError:
            continue
    return None
