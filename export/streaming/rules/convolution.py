"""Convolutions along time, to lower rates and to higher ones, and lines between elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import fx
from torch.nn import functional

from ..frame_graph import FrameGraph
from ..refusal import Refusal
from ..values import Constant, Moving, Stream, Value
from .registry import as_stream, rule, whole_shape
from .time import left_padded, windows

_PLAY = {1: functional.conv1d, 2: functional.conv2d, 3: functional.conv3d}
_PLAY_TRANSPOSED = {
    1: functional.conv_transpose1d,
    2: functional.conv_transpose2d,
    3: functional.conv_transpose3d,
}


@rule("conv1d", "conv2d", "conv3d", "convolution")
def convolved(
    frame: FrameGraph,
    node: fx.Node,
    x: Moving,
    weight: Value,
    bias: Value | None = None,
    stride: Sequence[int] | int = 1,
    padding: Sequence[int] | int | str = 0,
    dilation: Sequence[int] | int = 1,
    groups: int = 1,
) -> Value:
    """The padding's left is the past; its right has to come first."""
    stream, kernel = as_stream(x), _fixed(weight)
    count = kernel.tensor.dim() - 2
    at = stream.time_axis - (stream.rank - count)
    if stream.batch_axis == stream.time_axis < stream.rank - count - 1:  # within blocks
        more = None if bias is None else frame.constant(_fixed(bias).tensor)
        around = padding if isinstance(padding, str) else _each(padding, count)
        inner = (_each(stride, count), around, _each(dilation, count), groups)
        inside = frame.again(node, stream.node, frame.constant(kernel.tensor), more, *inner)
        return stream.changed(inside, whole_shape(node), before=None)
    if at < 0 or stream.batch_axis >= stream.rank - count - 1:
        raise Refusal("its time axis is not one along which it moves; transpose the sound first")
    strides, dilations = _each(stride, count), _each(dilation, count)
    reach = dilations[at] * (kernel.tensor.shape[2 + at] - 1) + 1
    if isinstance(padding, str):
        totals = [
            dilations[i] * (kernel.tensor.shape[2 + i] - 1) if padding == "same" else 0
            for i in range(count)
        ]
        lefts = [total // 2 for total in totals]
        if any(total % 2 for i, total in enumerate(totals) if i != at):
            raise Refusal("padding 'same' of an even filter along frequency; use an odd one")
    else:
        lefts = _each(padding, count)
    left, lefts[at] = lefts[at], 0
    silent = stream.before == 0 and bias is None
    if left:
        stream = left_padded(frame, stream, left, 0.0)

    def play(span: fx.Node) -> fx.Node:
        return frame.call(
            _PLAY[count],
            span,
            frame.constant(kernel.tensor),
            None if bias is None else frame.constant(_fixed(bias).tensor),
            tuple(strides),
            tuple(lefts),
            tuple(dilations),
            groups,
        )

    out = windows(frame, stream, reach, strides[at], whole_shape(node), play)
    # Elements before the first one would hear sound already, if they are looked ahead for.
    known = silent and out.delay <= 0
    return out.changed(out.node, out.shape, before=0.0 if known else None)


@rule("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def convolved_up(
    frame: FrameGraph, node: fx.Node, x: Moving, weight: Value, *rest: Any, **options: Any
) -> Value:
    """What is cut on the left by padding comes later: a delay."""
    return up(frame, whole_shape(node), as_stream(x), weight, *rest, **options)


def up(
    frame: FrameGraph,
    shape: tuple[int, ...],
    stream: Stream,
    weight: Value,
    bias: Value | None = None,
    stride: Sequence[int] | int = 1,
    padding: Sequence[int] | int = 0,
    output_padding: Sequence[int] | int = 0,
    groups: int = 1,
    dilation: Sequence[int] | int = 1,
) -> Stream:
    """A transposed convolution; `shape` is that of the whole."""
    kernel = _fixed(weight)
    count = kernel.tensor.dim() - 2
    at = stream.time_axis - (stream.rank - count)
    if at < 0:
        raise Refusal("its time axis is not one along which it moves; transpose the sound first")
    strides, dilations = _each(stride, count), _each(dilation, count)
    cuts, longer = _each(padding, count), _each(output_padding, count)
    step, left = strides[at], cuts[at]
    history = dilations[at] * (kernel.tensor.shape[2 + at] - 1) // step
    stream = frame.begun(stream, 0.0)
    delay = stream.delay * step + left
    # A filter shorter than its step leaves a gap behind itself, in which only the bias sounds.
    reach = dilations[at] * (kernel.tensor.shape[2 + at] - 1) + 1
    cuts[at], longer[at] = 0, max(0, step - reach)
    out = stream.changed(
        stream.node,
        shape,
        rate=stream.rate * step,
        delay=delay,
        before=0.0 if bias is None and delay <= 0 else None,
    )
    played = frame.call(
        _PLAY_TRANSPOSED[count],
        frame.with_history(stream, history),
        frame.constant(kernel.tensor),
        None if bias is None else frame.constant(_fixed(bias).tensor),
        tuple(strides),
        tuple(cuts),
        tuple(longer),
        groups,
        tuple(dilations),
    )
    known = frame.call(torch.narrow, played, stream.time_axis, history * step, frame.length(out))
    return out.changed(known, out.shape)


@rule("upsample_linear1d")
def interpolated(
    frame: FrameGraph,
    node: fx.Node,
    x: Moving,
    size: Sequence[int] | None,
    align_corners: bool,
    factors: Sequence[float] | None = None,
) -> Value:
    """Elements stand in the middle of those that they become: a filter that is a triangle."""
    stream = as_stream(x)
    shape = whole_shape(node)
    times, left = divmod(shape[2], stream.shape[2])
    if (stream.batch_axis, stream.time_axis) != (0, 2):
        raise Refusal("its time axis is not the last one; transpose the sound")
    if align_corners:
        raise Refusal(
            "its corners are aligned, so that each element moves with the length of the signal, "
            "and a stream has no end; use align_corners=False"
        )
    if left or times < 1 or (factors is not None and factors[0] != times):
        raise Refusal("it changes the sample rate by a ratio that is not whole; take a whole one")
    if times & (times - 1):
        raise Refusal(
            f"by a ratio of {times} PyTorch rounds the place of each element, the more the later "
            f"it comes; take 2, 4 or 8, or a transposed convolution"
        )
    if times == 1:
        return stream
    away = (torch.arange(2 * times, dtype=torch.float64) - times + 0.5).abs()
    triangle = (1 - away / times).float().expand(shape[1], 1, 2 * times).contiguous()
    ahead = times // 2
    out = up(frame, shape, stream, Constant(triangle), stride=times, padding=ahead, groups=shape[1])
    return _held_at_the_begin(frame, out, times)


def _held_at_the_begin(frame: FrameGraph, x: Stream, times: int) -> Stream:
    """Before the middle of the first element there is no line yet, but the element itself."""
    index = frame.call(torch.mul, frame.since_begin(x), float(x.rate) / times)
    share = frame.call(torch.add, index, 0.5 / times + 0.5)
    share = frame.call(torch.clamp, share, min=0.5, max=1.0)
    return x.changed(frame.call(torch.div, x.node, share), x.shape, before=None)


def _fixed(value: Value) -> Constant:
    if not isinstance(value, Constant):
        raise Refusal("its filter follows the sound or a knob; mix several fixed ones instead")
    return value


def _each(value: Sequence[int] | int, count: int) -> list[int]:
    values = [value] if isinstance(value, int) else list(value)
    return values * count if len(values) == 1 else values
