"""What a frame graph says about one of its control inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Control:
    """One scalar input of a frame graph, as users see it.

    `name` is the input's name and carries its unit (`low_hz`); `unit` is how it is printed ("" for
    plain numbers). `scale` says how a knob should move: evenly ("linear"), by ratio ("log"), or
    between two positions, 0 and 1 ("switch").
    """

    name: str
    label: str
    unit: Literal["", "Hz", "ms", "dB", "octaves"]
    scale: Literal["linear", "log", "switch"]
    minimum: float
    maximum: float
    default: float
