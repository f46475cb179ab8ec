"""Sums, means and extremes along other axes than time."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import torch
from torch import fx

from ..frame_graph import FrameGraph
from ..refusal import Refusal
from ..values import Constant, Control, Moving, Stream, Value
from .registry import rule, whole_shape


@rule("sum", "mean", "amax", "amin", "var", "std", "logsumexp", "prod", "any", "all")
@rule("linalg_vector_norm", "norm", "argmax", "argmin", "max", "min")
@rule("adaptive_avg_pool1d", "adaptive_max_pool1d", "adaptive_avg_pool2d")
def reduced(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any, **options: Any) -> Any:
    """One value of many; never of all times."""
    if len(rest) > 0 and isinstance(rest[0], (Constant, Stream, Control)):
        from .pointwise import pointwise  # max and min of two

        return pointwise(frame, node, x, *rest, **options)
    axes = _axes(node, len(x.shape), rest, options)
    if is_over_time(frame, x, axes):
        raise Refusal(
            "it takes one value of the whole signal, and a stream has no end; take it over "
            "blocks, or smooth it by a recurrent layer"
        )
    if str(node.target).split(".")[1] in ("var", "std"):
        out = _spread(frame, node, x, rest, options, axes)
    else:
        out = frame.again(node, x.node, *rest, **options)
    found = node.meta["val"]
    if isinstance(found, (list, tuple)):
        return [
            _of(x, frame.call(operator.getitem, out, i), tuple(part.shape), axes)
            for i, part in enumerate(found)
        ]
    return _of(x, out, whole_shape(node), axes)


def is_over_time(frame: FrameGraph, x: Moving, axes: set[int]) -> bool:
    """Whether axes of sound, or of a knob as long as it, are time, or the batch of sound."""
    if isinstance(x, Control):
        return any(x.shape[axis] in frame.lengths for axis in axes)
    return x.time_axis in axes or x.batch_axis in axes


def _of(x: Moving, node: fx.Node, shape: tuple[int, ...], axes: set[int]) -> Value:
    gone = axes if len(shape) < len(x.shape) else set()

    def place(axis: int) -> int:
        return axis - sum(one < axis for one in gone)

    if isinstance(x, Control):
        batch_axis = x.batch_axis
        kept = batch_axis is not None and batch_axis not in gone
        return Control(node, shape, place(batch_axis) if kept and batch_axis is not None else None)
    assert isinstance(x, Stream)
    return x.changed(
        node, shape, batch_axis=place(x.batch_axis), time_axis=place(x.time_axis), before=None
    )


def _axes(node: fx.Node, rank: int, rest: Sequence[Any], options: dict[str, Any]) -> set[int]:
    name = str(node.target)
    if "adaptive" in name:
        count = 2 if "2d" in name else 1
        return {rank - 1 - i for i in range(count)}
    at = 1 if "norm" in name else 0
    axes = options.get("dim", rest[at] if len(rest) > at else None)
    if axes is None or axes == []:
        return set(range(rank))
    return {axis % rank for axis in (axes if isinstance(axes, (list, tuple)) else [axes])}


def _spread(
    frame: FrameGraph,
    node: fx.Node,
    x: Moving,
    rest: Sequence[Any],
    options: dict[str, Any],
    axes: set[int],
) -> fx.Node:
    """The variance, or its root, spelt out: as one operator its graph would hold an Expand."""
    overload = str(node.target).rsplit(".", 1)[1]
    correction = options.get("correction", 1)
    keeps = bool(options.get("keepdim", False))
    if overload == "dim":
        correction = int(rest[1]) if len(rest) > 1 else int(options.get("unbiased", True))
        keeps = bool(rest[2]) if len(rest) > 2 else keeps
    count = math.prod(x.shape[axis] for axis in axes)
    places = sorted(axes)
    mean = frame.call(torch.mean, x.node, places, keepdim=True)
    away = frame.call(torch.sub, x.node, mean)
    square = frame.call(torch.mean, frame.call(torch.mul, away, away), places, keepdim=keeps)
    given = 1.0 if correction is None else float(correction)
    out = frame.call(torch.mul, square, count / max(count - given, 1.0))
    return frame.call(torch.sqrt, out) if ".std." in str(node.target) else out
