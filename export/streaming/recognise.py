"""Modules that are, whatever their author calls them, a network that a kernel plays.

Cells, dense layers, and perhaps the sound added at the end: then the file says so, by the
architecture `recurrent` of docs/effect-file.md, and the kernel plays it without latency.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx

from ...plugin_core.effect_files.contract import Architecture, Control
from .trace import Trace

_AXES = ("transpose", "permute", "swapaxes", "contiguous", "clone")
_KNOB = (*_AXES, "expand", "unsqueeze", "view", "reshape", "slice", "squeeze")
_ALL_OF_KNOBS = (*_AXES, "expand", "unsqueeze", "view", "reshape")
_CURVES = ("tanh", "relu", "sigmoid", "elu")


@dataclass(frozen=True)
class Known:
    """An architecture, and its weights under the names that its kernel looks for."""

    architecture: Architecture
    weights: Mapping[str, Tensor]


def recognised(traced: Trace, controls: Sequence[Control]) -> Known | None:
    """What the module is, if it is known."""
    if traced.sidechain is not None or traced.channels > 1:  # no kernel plays such
        return None
    if any(control.scale == "log" for control in controls):
        return None
    try:
        return _recurrent(traced, controls)
    except _OtherError:
        return None


class _OtherError(Exception):
    """It is something else."""


def _recurrent(traced: Trace, controls: Sequence[Control]) -> Known:
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
    if _name(at) == "add" and len(at.args) == 2 and not at.kwargs:
        ways = [_through(one, _AXES) for one in at.args]
        skip = sound in ways
        _need(skip and ways[0] is not ways[1])
        at = ways[1] if ways[0] is sound else ways[0]

    layers: list[dict[str, Any]] = []
    weights: list[dict[str, Tensor]] = []
    while at.op == "call_function":
        name = _name(at)
        if name in _CURVES or name == "linear":
            at = _dense(traced, at, layers, weights)
        elif at.target is operator.getitem and at.args[1] == 0:
            at = _cells(traced, at.args[0], layers, weights)
        else:
            break
        at = _through(at, _AXES)
    _need(bool(layers) and any(layer["type"] != "dense" for layer in layers))
    if at is not sound:
        _need(_name(at) == "cat" and layers[0]["type"] != "dense")
        first, *knobs = at.args[0]
        axis = (at.args[1] if len(at.args) > 1 else 0) % len(at.meta["val"].shape)
        names = [name for knob in knobs for name in _knobs(traced, knob, axis)]
        _need(_through(first, _AXES) is sound and names == [control.name for control in controls])
        _fold(weights[0], controls)
    else:
        _need(not controls)
    _need(layers[0]["input_size"] == 1 + len(controls))
    last = layers[-1]
    _need(last["type"] == "dense" and last["output_size"] == 1)
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
    if _name(node) in _CURVES:
        _need(len(node.args) == 1)
        curve, node = _name(node), _through(node.args[0], ())
    _need(_name(node) == "linear")
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
    _need(_name(node) == "recurrence")
    x, hx, given, kind, has_bias, count, bidirectional, _ = node.args
    _need(kind in ("lstm", "gru") and has_bias and not bidirectional)
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
    _need(_name(join) in ("cat", "stack") and len(join.args[0]) == count)
    return [traced.controls.get(_through(knob, _KNOB).name) for knob in join.args[0]]


def _first_state(traced: Trace, node: fx.Node) -> Tensor | None:
    """`None` for zeros; only those that are fixed are known."""
    if _name(node) in ("zeros", "new_zeros", "zeros_like"):
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
    while isinstance(node, fx.Node) and _name(node) in names:
        node = node.args[0]
    _need(isinstance(node, fx.Node))
    return node


def _name(node: fx.Node) -> str:
    return str(node.target).split(".")[1] if "." in str(node.target) else ""


def _tensor(traced: Trace, node: Any) -> Tensor:
    _need(isinstance(node, fx.Node) and node.name in traced.tensors)
    return traced.tensors[node.name].detach().to(torch.float32)


def _need(true: bool) -> None:
    if not true:
        raise _OtherError
