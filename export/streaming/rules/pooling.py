"""Pooling along time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import fx
from torch.nn import functional

from ..frame_graph import FrameGraph
from ..refusal import Refusal
from ..values import Moving, Value
from .registry import as_stream, rule, whole_shape
from .time import left_padded, windows


@rule("max_pool1d", "avg_pool1d")
def pooled(
    frame: FrameGraph,
    node: fx.Node,
    x: Moving,
    size: Sequence[int],
    stride: Sequence[int] = (),
    padding: Sequence[int] = (0,),
    *rest: Any,
) -> Value:
    """The largest, or the mean, of some elements."""
    stream = as_stream(x)
    is_max = "max" in str(node.target)
    dilation = rest[0][0] if is_max and rest else 1
    ceil_mode = rest[1] if is_max and len(rest) > 1 else bool(rest and not is_max and rest[0])
    counts_padding = is_max or len(rest) < 2 or rest[1]
    if stream.time_axis != stream.rank - 1:
        raise Refusal("it pools along another axis than time; transpose the sound first")
    if ceil_mode or (padding[0] and not counts_padding):
        raise Refusal("it treats the ends of a signal apart, which a stream has not; pool without")
    width, step = size[0], (stride or size)[0]
    if padding[0]:
        # Not minus infinity: states of an effect file are finite.
        lowest = torch.finfo(torch.float32).min if is_max else 0.0
        stream = left_padded(frame, stream, padding[0], lowest)

    def play(span: fx.Node) -> fx.Node:
        if is_max:
            return frame.call(functional.max_pool1d, span, width, step, 0, dilation)
        return frame.call(functional.avg_pool1d, span, width, step)

    return windows(frame, stream, dilation * (width - 1) + 1, step, whole_shape(node), play)
