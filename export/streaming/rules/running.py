"""Sums that run along time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import fx

from ..frame_graph import FrameGraph
from ..refusal import Refusal
from ..values import Control, Moving, Stream, Value
from .reduction import is_over_time
from .registry import rule


@rule("cumsum")
def running_sum(frame: FrameGraph, node: fx.Node, x: Moving, axis: int, **options: Any) -> Value:
    """Along time, what has been summed up so far is a state."""
    if not isinstance(x, Stream) or axis % x.rank != x.time_axis:
        out = frame.call(torch.cumsum, x.node, axis)
        if isinstance(x, Control) and is_over_time(frame, x, {axis % len(x.shape)}):
            raise Refusal("it adds up a knob along time, without end; add up sound")
        if isinstance(x, Stream) and x.before != 0:
            return replace(x, node=out, before=None)
        return replace(x, node=out)
    x = frame.begun(x, 0.0)
    summed = frame.call(torch.cumsum, x.node, x.time_axis)
    return frame.carried(x.changed(summed, x.shape, before=0.0), torch.add)
