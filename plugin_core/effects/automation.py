"""Automatic controls: which predictor moves them, and the values it gave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..effect_files.catalog import EffectEntry, find_effect, read_catalog
from ..effect_files.contract import Control
from ..errors import Error

AUTO = "auto"
_BY_FILE = f"{AUTO}:"

ParameterValue = float | str  # a number, "auto" or "auto:FILE"


@dataclass(frozen=True)
class AutomationTrace:
    """Values of an automatic control; arrays [n], one entry for each prediction.

    From `time_s[i]`, in seconds of the input, on, the control moves from `applied[i]`, its value
    at that time, towards `predicted[i]`. A prediction is made from sound that ended one period
    earlier. The first entry is the control's default at the start.
    """

    time_s: NDArray[np.float64]
    predicted: NDArray[np.float32]
    applied: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.time_s)


def is_automatic(setting: object) -> bool:
    """Whether this setting makes a control automatic."""
    return isinstance(setting, str) and (
        setting == AUTO or (setting.startswith(_BY_FILE) and setting != _BY_FILE)
    )


def find_predictor(control: Control, setting: str) -> EffectEntry:
    """The predictor of an automatic setting.

    Raise ValueError for a control without a predictor, tonecast.Error where it is missing.
    """
    if control.automatic_by is None:
        raise ValueError(
            f"{control.name} cannot be automatic: no predictor moves it; give it a number"
        )
    if setting != AUTO:
        given = setting.removeprefix(_BY_FILE)
        return _checked(find_effect(given), given, control)
    installed = read_catalog().entries.get(control.automatic_by)
    if installed is None:
        raise Error(
            f"{control.name} cannot be automatic here: the predictor {control.automatic_by!r} is "
            f"not installed; name a file, {control.name}=auto:FILE.onnx, or a number"
        )
    return _checked(installed, installed.name, control)


def _checked(entry: EffectEntry, given: str, control: Control) -> EffectEntry:
    if entry.contract.kind != "predictor":
        raise Error(
            f"{given}: it is an effect, not a predictor; {control.name} can be moved by a predictor"
        )
    return entry
