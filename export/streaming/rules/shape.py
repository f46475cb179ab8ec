"""Operators that move axes, or cut and join along others than time."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import torch
from torch import fx

from ..axes import regroup
from ..frame_graph import FrameGraph
from ..refusal import Refusal
from ..values import BATCH, Constant, Control, Moving, Stream, Value
from .pointwise import alike, once
from .registry import rule, whole_shape
from .time import cut, joined


@rule("transpose", "permute", "movedim", "t", "squeeze", "unsqueeze", "swapaxes")
@rule("numpy_T", "mT", "moveaxis", "swapdims")
def moved(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any) -> Value:
    """Axes change places; those of size one come and go."""
    shape = whole_shape(node)
    places = _places(node, x, rest)
    if "aten.squeeze" in str(node.target):  # a frame may have more axes of one
        asked = rest[0] if rest else range(len(x.shape))
        axes = {axis % len(x.shape) for axis in ([asked] if isinstance(asked, int) else asked)}
        ones = tuple(axis for axis in sorted(axes) if x.shape[axis] == 1)
        out = frame.call(torch.squeeze, x.node, ones) if ones else x.node
    else:
        out = frame.again(node, x.node, *rest)
    if isinstance(x, Control):
        return Control(out, shape, places.get(x.batch_axis) if x.batch_axis is not None else None)
    assert isinstance(x, Stream)
    return x.changed(out, shape, batch_axis=places[x.batch_axis], time_axis=places[x.time_axis])


def _places(node: fx.Node, x: Moving, rest: Sequence[Any]) -> dict[int, int]:
    """Where each axis goes: found with a tensor whose axes all have sizes of their own."""
    sizes = [1 if size == 1 else 3 + axis for axis, size in enumerate(_shape(x))]
    assert callable(node.target)
    after = tuple(node.target(torch.empty(sizes, device="meta"), *rest).shape)
    return {axis: after.index(size) for axis, size in enumerate(sizes) if size != 1}


def _shape(x: Moving) -> tuple[int, ...]:
    return tuple(x.tensor.shape) if isinstance(x, Constant) else x.shape


def _rank(x: Moving) -> int:
    return len(_shape(x))


@rule("view", "reshape", "_unsafe_view", "flatten", "unflatten", "view_as", "reshape_as")
def reshaped(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any) -> Value:
    """Axes are split and merged; time may be split into blocks, and blocks joined again."""
    shape = whole_shape(node)
    if isinstance(x, Control):
        size = list(shape)
        batch_axis = _carried(x.shape, shape, x.batch_axis)
        if batch_axis is not None:
            size[batch_axis] = shape[batch_axis] // BATCH
        return Control(frame.call(torch.reshape, x.node, tuple(size)), shape, batch_axis)
    assert isinstance(x, Stream)
    if x.batch_axis == x.time_axis:
        return _unmerged(frame, x, shape)
    batch_axis = _carried(x.shape, shape, x.batch_axis)
    for left, right in regroup(x.shape, shape):
        if x.time_axis not in left:
            continue
        if x.batch_axis in left:
            return _merged(frame, x, shape, left, right)
        return _time_reshaped(frame, x, shape, left, right, batch_axis)
    raise AssertionError


def _time_reshaped(
    frame: FrameGraph,
    x: Stream,
    shape: tuple[int, ...],
    left: list[int],
    right: list[int],
    batch_axis: int | None,
) -> Stream:
    assert batch_axis is not None
    many_left = [axis for axis in left if x.shape[axis] != 1]
    many_right = [axis for axis in right if shape[axis] != 1]
    if not many_left or many_left[0] != x.time_axis or not many_right:
        raise Refusal("it mixes time with another axis that stands before it; move time first")
    time_axis = many_right[0]
    # From elements of time to blocks of them, or back, or to other blocks.
    ratio = Fraction(shape[time_axis], x.shape[x.time_axis])
    x = frame.delayed(x, -x.delay % ratio.denominator)
    rate, delay = x.rate * ratio, int(x.delay * ratio)
    out = x.changed(x.node, shape, batch_axis=batch_axis, time_axis=time_axis, rate=rate)
    node = frame.call(torch.reshape, x.node, frame.size(out))
    return out.changed(node, shape, delay=delay)


def _merged(
    frame: FrameGraph, x: Stream, shape: tuple[int, ...], left: list[int], right: list[int]
) -> Stream:
    """Batch and time in one axis, as before a dense layer; nothing may look along time then."""
    many = [axis for axis in left if x.shape[axis] != 1]
    if many != [x.batch_axis, x.time_axis] or len(right) != 1:
        raise Refusal("it merges time with the batch and more; merge batch and time alone")
    size = list(shape)
    size[right[0]] = -1
    node = frame.call(torch.reshape, x.node, tuple(size))
    return x.changed(node, shape, batch_axis=right[0], time_axis=right[0])


def _unmerged(frame: FrameGraph, x: Stream, shape: tuple[int, ...]) -> Stream:
    time = int(x.shape[x.time_axis] // BATCH)
    for left, right in regroup(x.shape, shape):
        many = [axis for axis in right if shape[axis] != 1]
        if x.time_axis in left and [shape[axis] for axis in many] == [BATCH, time]:
            out = x.changed(x.node, shape, batch_axis=many[0], time_axis=many[1])
            return out.changed(frame.call(torch.reshape, x.node, frame.size(out)), shape)
    raise Refusal("time and batch are one axis here; split them again first")


def _carried(before: Sequence[int], after: Sequence[int], axis: int | None) -> int | None:
    """The axis that a batch axis becomes, or becomes the front of."""
    if axis is None:
        return None
    for left, right in regroup(before, after):
        if axis in left:
            many = [one for one in right if after[one] != 1]
            if next(one for one in left if before[one] != 1) != axis or not many:
                raise Refusal("it mixes the batch with an axis that stands before it")
            return many[0]
    raise AssertionError


@rule("expand", "expand_as", "broadcast_to")
def expanded(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any, **options: Any) -> Value:
    """Axes of one are repeated: along time, values stay as they are and are broadcast later."""
    shape = whole_shape(node)
    added = len(shape) - _rank(x)
    if isinstance(x, Control):
        batch_axis = None if x.batch_axis is None else x.batch_axis + added
        # Other axes than time and batch are made as long as they say.
        size = [
            1 if _is_repeated_later(frame, batch_axis, axis, length) else length
            for axis, length in enumerate(shape)
        ]
        return Control(_repeated(frame, x.node, size), shape, batch_axis)
    assert isinstance(x, Stream)
    size = list(shape)
    size[x.time_axis + added] = size[x.batch_axis + added] = 1
    return x.changed(
        _repeated(frame, x.node, size),
        shape,
        batch_axis=x.batch_axis + added,
        time_axis=x.time_axis + added,
    )


def _is_repeated_later(frame: FrameGraph, batch_axis: int | None, axis: int, length: int) -> bool:
    """Whether a knob's axis of one stays so until it meets sound: along batch and time."""
    is_batch = axis == batch_axis if batch_axis is not None else axis == 0 and length == BATCH
    return is_batch or length in frame.lengths


def _repeated(frame: FrameGraph, node: fx.Node, size: Sequence[int]) -> fx.Node:
    """Broadcast to axes of that size: by ones, since effects have no Expand."""
    return frame.call(torch.mul, node, frame.constant(torch.ones(tuple(size))))


@rule("repeat", "tile")
def repeated(frame: FrameGraph, node: fx.Node, x: Moving, counts: Sequence[int]) -> Value:
    """Copies along axes other than time."""
    added = len(counts) - _rank(x)
    if isinstance(x, Control):
        batch_axis = None if x.batch_axis is None else x.batch_axis + added
        counts = [
            1 if _is_repeated_later(frame, batch_axis, axis, count) else count
            for axis, count in enumerate(counts)
        ]
        return Control(
            frame.call(torch.Tensor.repeat, x.node, counts), whole_shape(node), batch_axis
        )
    assert isinstance(x, Stream)
    if counts[x.time_axis + added] != 1 or counts[x.batch_axis + added] != 1:
        raise Refusal("it repeats the whole signal; a stream has no end")
    node_out = frame.call(torch.Tensor.repeat, x.node, list(counts))
    return x.changed(
        node_out,
        whole_shape(node),
        batch_axis=x.batch_axis + added,
        time_axis=x.time_axis + added,
    )


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
    befores = {stream.before for stream in full}
    first = full[0]
    node_out = frame.call(torch.cat, [stream.node for stream in full], axis)
    return first.changed(node_out, shape, before=befores.pop() if len(befores) == 1 else None)


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


@rule("split", "split_with_sizes", "chunk", "tensor_split", "unbind", "unsafe_chunk")
def parted(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any, **options: Any) -> list[Value]:
    """Parts along an axis other than time."""
    name = str(node.target)
    at = 0 if "unbind" in name else 1
    axis = (rest[at] if len(rest) > at else options.get("dim", 0)) % _rank(x)
    _keep_whole(x, axis)
    out = frame.again(node, x.node, *rest, **options)
    parts: list[Value] = []
    for i, part in enumerate(node.meta["val"]):
        shape = tuple(part.shape)
        gone = len(shape) < _rank(x)
        parts.append(_renamed(x, frame.call(_item, out, i), shape, axis if gone else None))
    return parts


def _item(parts: Sequence[Any], index: int) -> Any:
    return parts[index]


@rule("slice", "narrow")
def sliced(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any, **options: Any) -> Value:
    """A part along an axis; along time, one that goes to the end."""
    axis = (rest[0] if rest else options.get("dim", 0)) % _rank(x)
    length = _shape(x)[axis]
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
    out = frame.call(_sliced, x.node, tuple(index))
    return _renamed(x, out, whole_shape(node))


def _sliced(x: Any, index: Any) -> Any:
    return x[index]


@rule("select", "index_select", "gather_const")
def selected(frame: FrameGraph, node: fx.Node, x: Moving, axis: int, index: Any) -> Value:
    """One or some along an axis other than time."""
    axis %= _rank(x)
    _keep_whole(x, axis)
    given = frame.node_of(index) if isinstance(index, (Constant, Control, Stream)) else index
    out = frame.again(node, x.node, axis, given)
    shape = whole_shape(node)
    return _renamed(x, out, shape, axis if len(shape) < _rank(x) else None)


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
        _keep_whole(x, axis % _rank(x))
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
