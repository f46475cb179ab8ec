"""Trained weights from an effect file, to inspect or to export again without a checkpoint."""

from __future__ import annotations

import os
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import nn

from ...plugin_core.effect_files.catalog import read_effect
from ...plugin_core.errors import Error
from .family import ModelT
from .registry import find_family


def read_model(path: str | os.PathLike[str], model_type: type[ModelT]) -> ModelT:
    """Return the model that an effect file holds, as it was trained, ready to play.

    `model_type` is the class to expect; `torch.nn.Module` takes every family's. Weights come back
    as exactly as `ModelFamily.load` says. Raise tonecast.Error where the file cannot be read, or
    holds another model or none.
    """
    path = Path(path)
    contract = read_effect(path).contract
    if contract.architecture is None:
        raise Error(f"{path}: its contract names no architecture, so its weights cannot be read")
    try:
        family = find_family(contract.architecture.name)
    except Error as error:
        raise Error(f"{path}: {error}") from None
    weights = {
        tensor.name: torch.tensor(numpy_helper.to_array(tensor))
        for tensor in onnx.load(path).graph.initializer
    }
    try:
        model: nn.Module = family.build_for(contract)
        family.load(model, weights)
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        raise Error(f"{path}: its weights are not those of its architecture: {error}") from None
    if not isinstance(model, model_type):
        raise Error(f"{path}: it holds a {type(model).__name__}, not a {model_type.__name__}")
    return model.eval()
