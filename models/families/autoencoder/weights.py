"""The weights of a CAE or CAFx from its frame graph."""

from __future__ import annotations

import torch
from torch import Tensor

from .cae import CAE
from .cafx import CAFx
from .graph import CAEGraph
from .saaf import SAAF


@torch.no_grad()
def restore(model: CAE, graph: CAEGraph) -> None:
    """Undo what the constructors of `CAEGraph` and its parts do to the weights.

    The curves of a CAFx are stored as parabolas, so theirs come back up to rounding, everything
    else bit for bit.
    """
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
        _restore_curves(model.curves, curves.c0, curves.c1, curves.c2)


def _restore_curves(curves: SAAF, c0: Tensor, c1: Tensor, c2: Tensor) -> None:
    """The first piece is the straight line v0 + v1·x; each other one has the curvature w."""
    rows = len(curves.w)
    curves.v.copy_(torch.stack([c0.reshape(rows, -1)[:, 0], c1.reshape(rows, -1)[:, 0]], dim=1))
    curves.w.copy_(2 * c2.reshape(rows, -1)[:, 1:-1])
