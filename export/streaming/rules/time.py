"""Operators that move along time: padding, cutting, joining with silence."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import torch
from torch import fx

from ..frame_graph import FrameGraph
from ..refusal import Refusal
from ..values import Constant, Control, Moving, Stream, Value
from .registry import as_stream, rule, whole_shape


@rule("pad", "constant_pad_nd", "reflection_pad1d", "replication_pad1d", "pad_circular")
@rule("_pad_circular")
def padded(
    frame: FrameGraph,
    node: fx.Node,
    x: Moving,
    widths: Sequence[int],
    mode: str | float = "constant",
    value: float | None = None,
) -> Value:
    """Along time, the left is what came before, and the right is what will come."""
    name = str(node.target)
    if isinstance(mode, (int, float)):
        mode, value = "constant", float(mode)
    if "reflection" in name or "replication" in name:
        mode = "reflect" if "reflection" in name else "replicate"
    if mode == "circular" or "circular" in name:
        raise Refusal("it goes round from the end to the begin of the signal; pad with zeros")
    shape = whole_shape(node)
    if isinstance(x, Control):
        return Control(frame.again(node, x.node, *node.args[1:]), shape, x.batch_axis)
    x = as_stream(x)
    given = len(widths)
    widths = list(widths) + [0] * (2 * x.rank - len(widths))
    at = 2 * (x.rank - 1 - x.time_axis)
    left, widths[at], widths[at + 1] = widths[at], 0, 0
    out = x
    if mode != "constant":
        frame.forgets_edges = True
    if left:
        out = left_padded(frame, out, left, value or 0.0)
    if any(widths):
        physical = frame.call(torch.nn.functional.pad, out.node, widths[:given], str(mode), value)
        out = out.changed(
            physical,
            shape,
            before=out.before if mode != "constant" or out.before == (value or 0.0) else None,
        )
    return out.changed(out.node, shape)


def left_padded(frame: FrameGraph, x: Stream, left: int, fill: float) -> Stream:
    """A number of elements before the first one; fewer than none cut it."""
    x = frame.begun(x, fill) if left > 0 else x.changed(x.node, x.shape, before=None)
    shape = list(x.shape)
    shape[x.time_axis] += left
    return x.changed(x.node, tuple(shape), delay=x.delay - left)


def joined(frame: FrameGraph, values: Sequence[Value], shape: tuple[int, ...]) -> Stream:
    """Constants before a stream are padding; those behind it come when it ends, that is never."""
    at, *others = (i for i, value in enumerate(values) if isinstance(value, Stream))
    if others or any(isinstance(value, Control) for value in values):
        raise Refusal("it joins signals one after the other, and a stream has no end")
    x = as_stream(values[at])
    left, fills = 0, set()
    for value in values[:at]:
        assert isinstance(value, Constant)
        left += value.tensor.shape[x.time_axis]
        fills |= set(value.tensor.ravel().tolist())
    if len(fills) > 1:
        raise Refusal("it puts a sound of its own before the signal; put silence there")
    out = left_padded(frame, x, left, fills.pop() if fills else 0.0) if left else x
    return out.changed(out.node, shape)


def cut(
    frame: FrameGraph, x: Stream, start: int, end: int, step: int, shape: tuple[int, ...]
) -> Stream:
    """Elements from `start` on, every `step`th; what is missing at the end comes later."""
    if 2 * (end - start) < x.shape[x.time_axis]:
        raise Refusal("it keeps a part of the signal by its place in time; a stream has no end")
    if start == 0 and step == 1:
        return x.changed(x.node, shape)
    x = x.changed(x.node, x.shape, delay=x.delay + start)
    index = [slice(None)] * x.time_axis + [slice(None, None, step)]

    def play(span: fx.Node) -> fx.Node:
        return span if step == 1 else frame.call(operator.getitem, span, tuple(index))

    return windows(frame, x, 1, step, shape, play)


def windows(
    frame: FrameGraph,
    x: Stream,
    reach: int,
    stride: int,
    shape: tuple[int, ...],
    play: Any,
    time_axis: int | None = None,
) -> Stream:
    """What makes of each `reach` elements one, every `stride` elements.

    `play` does it to a node that holds the windows of a frame from the first element to the last.
    """
    due = x.delay + reach - 1
    delay = due // stride
    frame.length(x.changed(x.node, shape, rate=x.rate / stride))  # whether strides divide it
    history = delay * stride - x.delay
    if history >= 0:
        span = frame.with_history(x, history)
    else:
        span = frame.call(torch.narrow, x.node, x.time_axis, -history, frame.length(x) + history)
    out = x.changed(span, shape, rate=x.rate / stride, delay=delay, before=None)
    if time_axis is not None:
        out = out.changed(span, shape, time_axis=time_axis)
    length = frame.length(out)
    node = play(span)
    node = frame.call(torch.narrow, node, out.time_axis, 0, length)
    return out.changed(node, shape)


@rule("repeat_interleave", "upsample_nearest1d")
def held(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any, **options: Any) -> Value:
    """Each element several times."""
    x = as_stream(x)
    shape = whole_shape(node)
    time = x.shape[x.time_axis]
    if shape == x.shape:
        return x
    if shape[x.time_axis] == time:
        raise Refusal("it repeats along another axis than time; use repeat, or a convolution")
    times, left = divmod(shape[x.time_axis], time)
    if left or times < 1 or shape[: x.time_axis] != x.shape[: x.time_axis]:
        raise Refusal(
            "it changes the sample rate by a ratio that is not whole; hold by a whole one"
        )
    size = [*x.shape[: x.time_axis + 1], 1, *x.shape[x.time_axis + 1 :]]
    size[x.time_axis] = frame.length(x)
    size[x.batch_axis if x.batch_axis < x.time_axis else x.batch_axis + 1] = -1
    opened = frame.call(torch.reshape, x.node, tuple(size))
    ones = [1] * len(size)
    ones[x.time_axis + 1] = times
    copies = frame.call(torch.mul, opened, frame.constant(torch.ones(ones)))
    out = x.changed(copies, shape, rate=x.rate * times, delay=x.delay * times)
    return out.changed(frame.call(torch.reshape, copies, frame.size(out)), shape)


@rule("roll")
def rolled(
    frame: FrameGraph, node: fx.Node, x: Moving, shifts: Any, axes: Sequence[int] = ()
) -> Value:
    """Round and round along another axis than time: no frame has its end."""
    turned = {axis % len(x.shape) for axis in axes}
    if isinstance(x, Stream) and (not turned or turned & {x.time_axis, x.batch_axis}):
        raise Refusal("it needs the whole signal at once, and a stream has no end; leave it out")
    out = frame.again(node, x.node, shifts, axes)
    return x.changed(out, x.shape) if isinstance(x, Stream) else Control(out, x.shape, x.batch_axis)
