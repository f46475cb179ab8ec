"""A knob of a module, as its author declares it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..plugin_core.effect_files.contract import Control, Scale, Unit
from ..plugin_core.errors import Error

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_INPUTS = ("frame", "frame_out", "block", "block_out", "gain_db", "sidechain")


@dataclass(frozen=True)
class Knob:
    """A keyword argument of `forward` that users turn: from `lowest` to `highest`.

    `scale` says how it moves: "linear", "log" (by ratio) or "switch" (off 0, on 1). Without a
    `label` it is called by its name.
    """

    lowest: float
    highest: float
    default: float
    unit: Unit = ""
    scale: Scale = "linear"
    label: str = ""

    def control(self, name: str) -> Control:
        """As the contract has it. Raise tonecast.Error for what it cannot have."""
        if not _NAME.fullmatch(name):
            raise Error(
                f"a knob cannot be called '{name}'; names are made of a-z, 0-9 and _, a letter "
                f"first"
            )
        if name in _INPUTS:
            raise Error(f"a knob cannot be called '{name}', as the graph's own sound is; rename it")
        if not self.lowest < self.highest:
            raise Error(
                f"the knob '{name}' goes from {self.lowest:g} to {self.highest:g}; swap them"
            )
        if not self.lowest <= self.default <= self.highest:
            raise Error(
                f"the knob '{name}' stands at {self.default:g}, outside of {self.lowest:g} to "
                f"{self.highest:g}; give another default"
            )
        label = self.label or name.replace("_", " ").capitalize()
        ends = (float(self.lowest), float(self.highest), float(self.default))
        return Control(name, label, self.unit, self.scale, *ends)
