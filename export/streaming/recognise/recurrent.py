"""Cells, dense layers, and perhaps the sound added at the end: the architecture `recurrent`."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, fx

from ....plugin_core.effect_files.contract import Architecture, Control
from ..trace import Trace
from .known import Known, need, operator_name

_AXES = ("transpose", "permute", "swapaxes", "contiguous", "clone")
_KNOB = (*_AXES, "expand", "unsqueeze", "view", "reshape", "slice", "squeeze")
_ALL_OF_KNOBS = (*_AXES, "expand", "unsqueeze", "view", "reshape")
_CURVES = ("tanh", "relu", "sigmoid", "elu")


def recurrent(traced: Trace, controls: Sequence[Control]) -> Known:
    """Raise OtherError for a module that is none."""
    (sound,) = (
        node
        for node in traced.graph.nodes
        if node.op == "placeholder"
        and node.name not in traced.tensors
        and node.name not in traced.controls
    )
    (out,) = (node for node in traced.graph.nodes if node.op == "output")
    outs = out.args[0]
    at = _through(outs[0] if isinstance(outs, (list, tuple)) else outs, _AXES)
    skip = False
    if operator_name(at) == "add" and len(at.args) == 2 and not at.kwargs:
        ways = [_through(one, _AXES) for one in at.args]
        skip = sound in ways
        need(skip and ways[0] is not ways[1])
        at = ways[1] if ways[0] is sound else ways[0]

    layers: list[dict[str, Any]] = []
    weights: list[dict[str, Tensor]] = []
    while at.op == "call_function":
        name = operator_name(at)
        if name in _CURVES or name == "linear":
            at = _dense(traced, at, layers, weights)
        elif at.target is operator.getitem and at.args[1] == 0:
            at = _cells(traced, at.args[0], layers, weights)
        else:
            break
        at = _through(at, _AXES)
    need(bool(layers) and any(layer["type"] != "dense" for layer in layers))
    if at is not sound:
        need(operator_name(at) == "cat" and layers[0]["type"] != "dense")
        first, *knobs = at.args[0]
        axis = (at.args[1] if len(at.args) > 1 else 0) % len(at.meta["val"].shape)
        names = [name for knob in knobs for name in _knobs(traced, knob, axis)]
        need(_through(first, _AXES) is sound and names == [control.name for control in controls])
        _fold(weights[0], controls)
    else:
        need(not controls)
    need(layers[0]["input_size"] == 1 + len(controls))
    last = layers[-1]
    need(last["type"] == "dense" and last["output_size"] == 1)
    network = {
        "layers": layers,
        "skip": skip,
        "input_gain": 1.0,
        "output_gain": 1.0,
        "prewarm_samples": 0,
    }
    named = {
        f"layers.{i}.{name}": tensor
        for i, part in enumerate(weights)
        for name, tensor in part.items()
    }
    return Known(Architecture("recurrent", network=network), named)


def _dense(
    traced: Trace, node: Any, layers: list[dict[str, Any]], weights: list[dict[str, Tensor]]
) -> Any:
    curve = "none"
    if operator_name(node) in _CURVES:
        need(len(node.args) == 1)
        curve, node = operator_name(node), _through(node.args[0], ())
    need(operator_name(node) == "linear")
    x, weight, *bias = node.args
    matrix = _tensor(traced, weight)
    offset = (
        _tensor(traced, bias[0]) if bias and bias[0] is not None else matrix.new_zeros(len(matrix))
    )
    size = {"input_size": matrix.shape[1], "output_size": matrix.shape[0]}
    layers.insert(0, {"type": "dense", **size, "activation": curve})
    weights.insert(0, {"weight": matrix, "bias": offset})
    return _through(x, _AXES)


def _cells(
    traced: Trace, node: Any, layers: list[dict[str, Any]], weights: list[dict[str, Tensor]]
) -> Any:
    need(operator_name(node) == "recurrence")
    x, hx, given, kind, has_bias, count, bidirectional, _ = node.args
    need(kind in ("lstm", "gru") and has_bias and not bidirectional)
    firsts = [_first_state(traced, one) for one in hx]
    for layer in reversed(range(count)):
        own = [_tensor(traced, one).clone() for one in given[4 * layer : 4 * layer + 4]]
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        part = dict(zip(names, own, strict=True))
        for name, first in zip(("initial_hidden", "initial_cell"), firsts, strict=False):
            part[name] = own[1].new_zeros(own[1].shape[1]) if first is None else first[layer, 0]
        size = {"input_size": own[0].shape[1], "hidden_size": own[1].shape[1]}
        layers.insert(0, {"type": kind, **size})
        weights.insert(0, part)
    return _through(x, _AXES)


def _knobs(traced: Trace, node: fx.Node, axis: int) -> list[str | None]:
    """Those that stand along an axis: one, or some that have been joined."""
    count = node.meta["val"].shape[axis]
    if count == 1:
        return [traced.controls.get(_through(node, _KNOB).name)]
    join = _through(node, _ALL_OF_KNOBS)
    need(operator_name(join) in ("cat", "stack") and len(join.args[0]) == count)
    return [traced.controls.get(_through(knob, _KNOB).name) for knob in join.args[0]]


def _first_state(traced: Trace, node: fx.Node) -> Tensor | None:
    """`None` for zeros; only those that are fixed are known."""
    if operator_name(node) in ("zeros", "new_zeros", "zeros_like"):
        return None
    return _tensor(traced, node)


def _fold(first: dict[str, Tensor], controls: Sequence[Control]) -> None:
    """Let the first layer hear each control's place in its range, as kernels give it."""
    matrix, bias = first["weight_ih"], first["bias_ih"]
    for i, control in enumerate(controls, 1):
        bias += control.minimum * matrix[:, i]
        matrix[:, i] *= control.maximum - control.minimum


def _through(node: Any, names: Sequence[str]) -> Any:
    """Back over operators that change no value."""
    while isinstance(node, fx.Node) and operator_name(node) in names:
        node = node.args[0]
    need(isinstance(node, fx.Node))
    return node


def _tensor(traced: Trace, node: Any) -> Tensor:
    need(isinstance(node, fx.Node) and node.name in traced.tensors)
    return traced.tensors[node.name].detach().to(torch.float32)
