"""A knob of a device: its name and its range, as a model hears it and as users see it."""

from __future__ import annotations

from dataclasses import dataclass

from ...plugin_core.effect_files.contract import Control, Unit

UNITS: dict[str, Unit] = {"hz": "Hz", "ms": "ms", "db": "dB", "dbu": "dBu", "octaves": "octaves"}


@dataclass(frozen=True)
class Knob:
    """`minimum` < `maximum` in the device's own units, which a suffix of the name may say."""

    name: str
    minimum: float
    maximum: float

    @property
    def middle(self) -> float:
        """Where it stands until it is turned: the state after a reset is made for it."""
        return (self.minimum + self.maximum) / 2

    def place(self, value: float) -> float:
        """From a value to its place in the range, 0 to 1: what a model hears."""
        return (value - self.minimum) / (self.maximum - self.minimum)

    def control(self) -> Control:
        """The effect's control."""
        *words, suffix = self.name.split("_")
        unit = UNITS.get(suffix, "") if words else ""
        label = " ".join(words if unit else (*words, suffix)).capitalize()
        return Control(self.name, label, unit, "linear", self.minimum, self.maximum, self.middle)
