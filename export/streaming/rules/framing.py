"""Overlapping frames of a signal, and their sum."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import fx

from ..frame_graph import FrameGraph
from ..refusal import Refusal
from ..values import Constant, Control, Moving, Stream, Value
from .convolution import up
from .registry import as_stream, rule, whole_shape
from .time import windows


@rule("unfold")
def unfolded(frame: FrameGraph, node: fx.Node, x: Moving, axis: int, size: int, step: int) -> Value:
    """Windows of `size` elements every `step`, along a new last axis."""
    axis %= len(x.shape)
    shape = whole_shape(node)
    if isinstance(x, Control) or axis not in (x.time_axis, x.batch_axis):
        length = (x.shape[axis] - size) // step + 1
        out = _in_windows(frame, x.node, axis, length, size, step)
        if isinstance(x, Control):
            return Control(out, shape, x.batch_axis)
        return x.changed(out, shape)
    if x.batch_axis == x.time_axis or axis == x.batch_axis:
        raise Refusal("it takes windows along the batch; split batch and time first")
    length = frame.length(x.changed(x.node, x.shape, rate=x.rate / step))

    def play(span: fx.Node) -> fx.Node:
        return _in_windows(frame, span, axis, length, size, step)

    return windows(frame, x, size, step, shape, play)


def _in_windows(
    frame: FrameGraph, node: fx.Node, axis: int, length: int, size: int, step: int
) -> fx.Node:
    """Gathered: effects have no operator for it."""
    index = torch.arange(length)[:, None] * step + torch.arange(size)
    rows = frame.call(torch.index_select, node, axis, frame.constant(index.reshape(-1)))
    rows = frame.call(torch.unflatten, rows, axis, (length, size))
    return frame.call(torch.movedim, rows, axis + 1, -1)


@rule("col2im")
def folded(
    frame: FrameGraph,
    node: fx.Node,
    x: Moving,
    size: Sequence[int],
    kernel: Sequence[int],
    dilation: Sequence[int],
    padding: Sequence[int],
    stride: Sequence[int],
) -> Value:
    """Overlap-add of frames: a transposed convolution whose filters are single samples."""
    stream = as_stream(x)
    if (size[0], kernel[0], padding[0]) != (1, 1, 0) or stream.rank != 3:
        raise Refusal("it folds pictures; give it frames of sound: output_size (1, time)")
    if (stream.batch_axis, stream.time_axis) != (0, 2):
        raise Refusal("its time axis is not the last one; transpose the frames")
    channels = stream.shape[1] // kernel[1]
    single = torch.eye(stream.shape[1]).reshape(stream.shape[1], channels, kernel[1])
    shape = whole_shape(node)
    added: Stream = up(
        frame,
        (shape[0], shape[1], shape[3]),
        stream,
        Constant(single),
        stride=stride[1],
        padding=padding[1],
        dilation=dilation[1],
    )
    out = frame.call(torch.unsqueeze, added.node, 2)
    return added.changed(out, shape, time_axis=3)
