"""Operators that take parts of a value, along other axes than time."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import torch
from torch import fx

from ..frame_graph import FrameGraph
from ..refusal import Refusal
from ..values import Constant, Control, Moving, Stream, Value
from .registry import rank_of, rule, shape_of, whole_shape
from .time import cut


@rule("split", "split_with_sizes", "chunk", "tensor_split", "unbind", "unsafe_chunk")
def parted(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any, **options: Any) -> list[Value]:
    """Parts along an axis other than time."""
    name = str(node.target)
    at = 0 if "unbind" in name else 1
    axis = (rest[at] if len(rest) > at else options.get("dim", 0)) % rank_of(x)
    _keep_whole(x, axis)
    out = frame.again(node, x.node, *rest, **options)
    parts: list[Value] = []
    for i, part in enumerate(node.meta["val"]):
        shape = tuple(part.shape)
        gone = len(shape) < rank_of(x)
        parts.append(
            _renamed(x, frame.call(operator.getitem, out, i), shape, axis if gone else None)
        )
    return parts


@rule("slice", "narrow")
def sliced(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any, **options: Any) -> Value:
    """A part along an axis; along time, one that goes to the end."""
    axis = (rest[0] if rest else options.get("dim", 0)) % rank_of(x)
    length = shape_of(x)[axis]
    start = (rest[1] if len(rest) > 1 else options.get("start")) or 0
    start = max(0, start + length) if start < 0 else min(start, length)
    if "narrow" in str(node.target):
        end, step = start + rest[2], 1
    else:
        end = rest[2] if len(rest) > 2 else options.get("end")
        end = length if end is None else end
        end = end + length if end < 0 else min(end, length)
        step = rest[3] if len(rest) > 3 else 1
    if isinstance(x, Stream) and axis == x.time_axis:
        return cut(frame, x, start, end, step, whole_shape(node))
    _keep_whole(x, axis)
    if isinstance(x, Control) and length in frame.lengths:
        return Control(x.node, whole_shape(node), x.batch_axis)
    index = [slice(None)] * axis + [slice(start, end, step)]
    out = frame.call(operator.getitem, x.node, tuple(index))
    return _renamed(x, out, whole_shape(node))


@rule("select", "index_select", "gather_const")
def selected(frame: FrameGraph, node: fx.Node, x: Moving, axis: int, index: Any) -> Value:
    """One or some along an axis other than time."""
    axis %= rank_of(x)
    _keep_whole(x, axis)
    given = frame.node_of(index) if isinstance(index, (Constant, Control, Stream)) else index
    out = frame.again(node, x.node, axis, given)
    shape = whole_shape(node)
    return _renamed(x, out, shape, axis if len(shape) < rank_of(x) else None)


def selected_from(
    frame: FrameGraph, x: Moving, axis: int, index: int, shape: tuple[int, ...]
) -> Value:
    """One along an axis other than time; `shape` is what is left."""
    axis %= rank_of(x)
    return _renamed(x, frame.call(torch.select, x.node, axis, index), shape, axis)


@rule("copy", "slice_scatter", "select_scatter", "index_put", "scatter")
def written(frame: FrameGraph, node: fx.Node, *rest: Any, **options: Any) -> Value:
    """Into a part of a tensor."""
    raise Refusal("it writes into a part of a tensor; join the parts by torch.cat")


@rule("flip")
def flipped(frame: FrameGraph, node: fx.Node, x: Moving, axes: Sequence[int]) -> Value:
    """Reversed along axes other than time."""
    if isinstance(x, Stream) and x.time_axis in {axis % x.rank for axis in axes}:
        raise Refusal("it plays the signal backwards, so that it begins with the end; leave it out")
    for axis in axes:
        _keep_whole(x, axis % rank_of(x))
    return _renamed(x, frame.again(node, x.node, list(axes)), whole_shape(node))


def _keep_whole(x: Moving, axis: int) -> None:
    if isinstance(x, Stream) and axis == x.time_axis:
        raise Refusal(
            "it takes a part of the signal by its place in time, and a stream has no end; use "
            "padding or strides"
        )
    if isinstance(x, (Stream, Control)) and axis == x.batch_axis:
        raise Refusal("it takes one signal of the batch; treat all alike")


def _renamed(x: Moving, node: fx.Node, shape: tuple[int, ...], gone: int | None = None) -> Value:
    """What is left of a value, perhaps with an axis less."""

    def place(axis: int) -> int:
        return axis - (gone is not None and axis > gone)

    if isinstance(x, Control):
        return Control(node, shape, None if x.batch_axis is None else place(x.batch_axis))
    assert isinstance(x, Stream)
    return x.changed(node, shape, batch_axis=place(x.batch_axis), time_axis=place(x.time_axis))
