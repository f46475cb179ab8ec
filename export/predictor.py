"""A PyTorch model from audio to one number, as a predictor file.

A predictor moves a control of an effect: the engine runs it on a window of sound every `period_s`
and smooths its value with the time constant `smoothing_s`.
"""

from __future__ import annotations

import os
from pathlib import Path

from torch import nn

from ..plugin_core.effect_files.contract import Contract
from .effect import write_checked
from .to_onnx import predictor_to_onnx


def export_predictor(
    module: nn.Module, contract: Contract, path: str | os.PathLike[str]
) -> Contract:
    """Write `module` as a predictor file and return its contract, parity record included.

    `module` maps audio [2, window_samples] at the contract's rate, full scale ±1, to a value [1]
    within the range of the control that it moves: other values are not followed. `contract` has the
    kind "predictor", and `unmeasured()` for its parity; the tolerance is of the value. The file
    appears at `path` as with `export_effect`. The same arguments give the same bytes.

    Raise ValueError for a contract of an effect, and tonecast.Error if the engine refuses the file
    or gives other values than PyTorch.
    """
    if contract.predictor is None or contract.kind != "predictor":
        raise ValueError(f"{contract.name} is the contract of an effect, not of a predictor")
    model = predictor_to_onnx(module, contract.predictor.window_samples)
    return write_checked(model, module, {}, contract, Path(path))
