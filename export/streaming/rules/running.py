"""Sums that run along time."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx

from ..frame_graph import FrameGraph
from ..values import Stream, Value
from .registry import rule, whole_shape


@rule("cumsum")
def running_sum(frame: FrameGraph, node: fx.Node, x: Value, axis: int, **options: Any) -> Value:
    """Along time, what has been summed up so far is a state."""
    if not isinstance(x, Stream) or axis % x.rank != x.time_axis:
        out = frame.call(torch.cumsum, x.node, axis)  # type: ignore[union-attr]
        return x.changed(out, whole_shape(node), before=None)  # type: ignore[union-attr]
    x = frame.begun(x, 0.0)
    summed = frame.call(torch.cumsum, x.node, x.time_axis)
    return frame.carried(x.changed(summed, x.shape, before=0.0), torch.add)
