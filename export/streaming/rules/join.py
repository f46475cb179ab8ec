"""Operators that join values: along an axis, or a new one."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import fx

from ..frame_graph import FrameGraph
from ..refusal import Refusal
from ..values import Constant, Control, Stream, Value
from .pointwise import alike, once
from .registry import rule, whole_shape
from .time import joined


@rule("cat", "concat")
def concatenated(frame: FrameGraph, node: fx.Node, values: Sequence[Value], axis: int = 0) -> Value:
    """Joined along an axis; constants along time are padding."""
    shape = whole_shape(node)
    axis %= len(shape)
    streams = [value for value in values if isinstance(value, Stream)]
    if not streams:
        batch_axis = next(v.batch_axis for v in values if isinstance(v, Control))
        from_end = None if batch_axis is None else len(shape) - batch_axis
        nodes = [frame.node_of(once(frame, value, from_end)) for value in values]
        return Control(frame.call(torch.cat, nodes, axis), shape, batch_axis)
    if axis == streams[0].time_axis:
        return joined(frame, values, shape)
    if {(s.time_axis, s.batch_axis) for s in streams} != {
        (streams[0].time_axis, streams[0].batch_axis)
    }:
        raise Refusal("it joins signals whose time stands on different axes")
    aligned = iter(frame.aligned(streams))
    full = [
        next(aligned) if isinstance(value, Stream) else _as_long(frame, value, streams[0], axis)
        for value in values
    ]
    starts = {stream.before for stream in full}
    first = full[0]
    node_out = frame.call(torch.cat, [stream.node for stream in full], axis)
    return first.changed(node_out, shape, before=starts.pop() if len(starts) == 1 else None)


def _as_long(frame: FrameGraph, value: Value, like: Stream, axis: int) -> Stream:
    """A value that is the same at all times, for each of them."""
    silence = frame.call(torch.mul, frame.call(torch.narrow, like.node, axis, 0, 1), 0.0)
    if isinstance(value, Constant):
        value = alike(value, like.rank - like.time_axis, like.rank - like.batch_axis)
    node = frame.call(torch.add, silence, frame.node_of(value))
    return like.changed(node, like.shape, before=None)


@rule("stack")
def stacked(frame: FrameGraph, node: fx.Node, values: Sequence[Value], axis: int = 0) -> Value:
    """Joined along a new axis."""
    axis %= len(whole_shape(node))
    opened: list[Value] = []
    for value in values:
        if isinstance(value, Constant):
            opened.append(Constant(value.tensor.unsqueeze(axis)))
            continue
        out = frame.call(torch.unsqueeze, value.node, axis)
        shape = (*value.shape[:axis], 1, *value.shape[axis:])
        if isinstance(value, Control):
            at = value.batch_axis
            opened.append(Control(out, shape, None if at is None else at + (at >= axis)))
        else:
            opened.append(
                value.changed(
                    out,
                    shape,
                    batch_axis=value.batch_axis + (value.batch_axis >= axis),
                    time_axis=value.time_axis + (value.time_axis >= axis),
                )
            )
    joined_up: Value = concatenated(frame, node, opened, axis)
    return joined_up
