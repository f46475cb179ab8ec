"""Trained weights back out of an effect file, to look at or to export anew without a checkpoint."""

from __future__ import annotations

import os
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from ....plugin_core import _engine
from ....plugin_core.effect_files.contract import Contract
from ....plugin_core.errors import Error
from ...training.checkpoint import MODELS
from .cae import CAE, Size
from .cafx import CAFx
from .graph import CAEGraph
from .saaf import SAAF


def read_model(path: str | os.PathLike[str]) -> CAE:
    """Return the CAE or CAFx that an effect file holds, as it was trained, ready to play.

    The curves of a CAFx are stored as parabolas, so theirs come back up to rounding, everything
    else bit for bit. Raise tonecast.Error where the file cannot be read or holds another effect.
    """
    path = Path(path)
    contract = Contract.from_json(_engine.EffectFile(str(path)).contract_json)
    architecture = contract.architecture
    if architecture is None or architecture.name not in MODELS:
        raise Error(f"{path}: its contract names neither a CAE nor a CAFx; export it anew")
    weights = {
        tensor.name: torch.tensor(numpy_helper.to_array(tensor))
        for tensor in onnx.load(path).graph.initializer
    }
    try:
        size = Size(frame=contract.frame_size_samples, **architecture.sizes)
        model = MODELS[architecture.name](size)
        graph = CAEGraph(model)
        found = {name: weights[name] for name, _ in graph.named_parameters()}
        graph.load_state_dict(found, strict=False)  # without what is computed from the sizes
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        raise Error(f"{path}: its weights are not those of its architecture: {error}") from None
    _take_back(model, graph)
    return model.eval()


@torch.no_grad()
def _take_back(model: CAE, graph: CAEGraph) -> None:
    """Undo what the constructors of `CAEGraph` and its parts do to the weights."""
    model.filters.copy_(graph.filters[:, 0, 0])
    model.filter_bias.copy_(graph.filter_bias)
    model.smoothing.copy_(graph.smoothing[:, 0, 0])
    model.smoothing_bias.copy_(graph.smoothing_bias)
    model.local.weight.copy_(graph.local)
    model.local.bias.copy_(graph.local_bias)
    model.shared.weight.copy_(graph.shared.T)
    model.shared.bias.copy_(graph.shared_bias)
    if isinstance(model, CAFx) and graph.waveshaping is not None:
        shaping = graph.waveshaping
        for layer, weight, bias in zip(model.layers, shaping.weights, shaping.biases, strict=True):
            layer.weight.copy_(weight)
            layer.bias.copy_(bias[:, 0])
        curves = shaping.curves
        _take_back_curves(model.curves, curves.c0, curves.c1, curves.c2)


def _take_back_curves(curves: SAAF, c0: Tensor, c1: Tensor, c2: Tensor) -> None:
    """The first piece is the straight line v0 + v1·x; each other one has the curvature w."""
    rows = len(curves.w)
    curves.v.copy_(torch.stack([c0.reshape(rows, -1)[:, 0], c1.reshape(rows, -1)[:, 0]], dim=1))
    curves.w.copy_(2 * c2.reshape(rows, -1)[:, 1:-1])
