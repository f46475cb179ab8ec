"""Operators on one value at a time, and those that only pass values on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx

from ..frame_graph import FrameGraph
from ..refusal import Refusal
from ..values import Constant, Control, Moving, Stream, Value
from .registry import rule, whole_shape


@rule("clone", "detach", "alias", "contiguous", "dropout", "alpha_dropout", "feature_dropout")
@rule("lift_fresh_copy", "_assert_tensor_metadata")
def passed_on(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any, **options: Any) -> Value:
    """The value itself."""
    return x


@rule("where", "__and__", "__or__", "__xor__", "_to_copy", "to")
def of_each(frame: FrameGraph, node: fx.Node, *args: Any, **options: Any) -> Value:
    """Pointwise, though PyTorch does not tag it so."""
    return pointwise(frame, node, *args, **options)


@rule("zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full", "empty_like")
def filled(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any, **options: Any) -> Value:
    """A constant that has the shape of a value."""
    like = node.meta["val"]
    value = 1.0 if "ones" in str(node.target) else 0.0
    if "full" in str(node.target):
        value = rest[-1]
    return Constant(torch.full(tuple(like.shape), value, dtype=like.dtype))


@rule("prelu", "glu", "softmax", "log_softmax", "_softmax", "_log_softmax")
def along_an_axis(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any, **options: Any) -> Value:
    """Curves with parameters of their own for each channel, or along an axis other than time."""
    name = str(node.target)
    if isinstance(x, Stream) and "prelu" not in name:
        axis = (rest[0] if rest else options.get("dim", -1)) % x.rank
        if axis in (x.time_axis, x.batch_axis):
            raise Refusal(
                "it goes over the whole signal along time, which no frame has; take another axis, "
                "or blocks of fixed length"
            )
    if not isinstance(x, (Stream, Control)):
        raise Refusal("its curve follows the sound")
    operands = [frame.node_of(one) if isinstance(one, Constant) else one for one in rest]
    if any(isinstance(one, (Stream, Control)) for one in operands):
        raise Refusal("its curve follows the sound")
    out = frame.again(node, x.node, *operands, **options)
    if isinstance(x, Control):
        return Control(out, whole_shape(node), x.batch_axis)
    before = 0.0 if x.before == 0 and ("prelu" in name or "glu" in name) else None
    return x.changed(out, whole_shape(node), before=before)


def pointwise(frame: FrameGraph, node: fx.Node, *args: Any, **options: Any) -> Value:
    """Any number of values, broadcast, streams of one rate on one time axis."""
    assert callable(node.target)
    return of_values(frame, node.target, whole_shape(node), *args, **options)


def of_values(
    frame: FrameGraph,
    function: Callable[..., Any],
    shape: tuple[int, ...],
    *args: Any,
    **options: Any,
) -> Value:
    """What a function of one value at a time makes of values; `shape` is that of the whole."""
    streams = [value for value in args if isinstance(value, Stream)]
    if not streams:
        batch_axes = {
            len(value.shape) - value.batch_axis
            for value in args
            if isinstance(value, Control) and value.batch_axis is not None
        }
        batch_axis = len(shape) - max(batch_axes) if batch_axes else None
        nodes = [
            _node(
                frame,
                once(frame, value, len(shape) - batch_axis if batch_axis is not None else None),
            )
            for value in args
        ]
        return Control(frame.call(function, *nodes, **options), shape, batch_axis)

    times = {stream.rank - stream.time_axis for stream in streams}
    batches = {stream.rank - stream.batch_axis for stream in streams}
    if len(times) > 1 or len(batches) > 1:
        raise Refusal("it joins the times of one signal with those of another, all with all")
    aligned = iter(frame.aligned(streams))
    time_axis, batch_axis = len(shape) - times.pop(), len(shape) - batches.pop()
    values = [
        next(aligned)
        if isinstance(value, Stream)
        else alike(value, len(shape) - batch_axis, len(shape) - time_axis)
        if isinstance(value, Constant)
        else value
        for value in args
    ]
    out = frame.call(function, *(_node(frame, value) for value in values), **options)
    first = next(value for value in values if isinstance(value, Stream))
    return Stream(
        out,
        shape,
        batch_axis,
        time_axis,
        first.rate,
        first.delay,
        _before(function, values, options),
    )


def _node(frame: FrameGraph, value: Any) -> Any:
    return frame.node_of(value) if isinstance(value, (Stream, Control, Constant)) else value


def alike(constant: Constant, *axes_from_end: int) -> Constant:
    """A constant that is the same for all times and signals, with one of them."""
    tensor = constant.tensor
    for axis in axes_from_end:
        tensor = one_of_all(tensor, axis)
    return constant if tensor is constant.tensor else Constant(tensor)


def once(frame: FrameGraph, value: Any, batch_from_end: int | None) -> Any:
    """A constant beside a knob's: one along the batch, and along what is as long as a sound."""
    if not isinstance(value, Constant):
        return value
    rank = value.tensor.dim()
    long = [rank - i for i, size in enumerate(value.tensor.shape) if size in frame.lengths]
    return alike(value, *long, *([] if batch_from_end is None else [batch_from_end]))


def one_of_all(tensor: Tensor, axis_from_end: int) -> Tensor:
    """A tensor with one slice along an axis, if all of them are equal."""
    if tensor.dim() < axis_from_end or tensor.shape[-axis_from_end] == 1:
        return tensor
    first = tensor.narrow(-axis_from_end, 0, 1)
    if not torch.equal(first.expand_as(tensor), tensor):
        raise Refusal(
            "it uses something that depends on the place in the signal or the batch, such as an "
            "encoding of positions, and a stream has no end; leave it out"
        )
    return first.contiguous()


def _before(
    function: Callable[..., Any], values: list[Any], options: dict[str, Any]
) -> float | None:
    """What comes of the values before the first ones, if they and that are known."""
    numbers: list[Any] = []
    for value in values:
        if isinstance(value, Control):
            return 0.0 if "mul" in str(function) and _any_silent(values) else None
        if isinstance(value, Stream):
            if value.before is None:
                return None
            kind = value.node.meta["val"].dtype
            numbers.append(torch.tensor(value.before).to(kind))
        else:
            numbers.append(value.tensor if isinstance(value, Constant) else value)
    out = function(*numbers, **options)
    first = out.reshape(-1)[0]
    same = torch.isfinite(first) and bool((out == first).all())
    return float(first) if same else None


def _any_silent(values: list[Any]) -> bool:
    return any(isinstance(value, Stream) and value.before == 0 for value in values)
