"""Operators that move, split, merge and repeat axes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import torch
from torch import fx

from ..axes import regroup
from ..frame_graph import FrameGraph
from ..refusal import Refusal
from ..values import BATCH, Control, Moving, Stream, Value
from .registry import rank_of, rule, shape_of, whole_shape


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
    sizes = [1 if size == 1 else 3 + axis for axis, size in enumerate(shape_of(x))]
    assert callable(node.target)
    after = tuple(node.target(torch.empty(sizes, device="meta"), *rest).shape)
    return {axis: after.index(size) for axis, size in enumerate(sizes) if size != 1}


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
    return _stream_reshaped(frame, x, shape)


def _stream_reshaped(frame: FrameGraph, x: Stream, shape: tuple[int, ...]) -> Stream:
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
    at, *others = (axis for axis in right if shape[axis] != 1)
    blocks, rest = divmod(shape[at], BATCH)
    if many[:2] != [x.batch_axis, x.time_axis] or rest or x.shape[x.time_axis] % blocks:
        raise Refusal("it merges time with the batch and more; merge batch and time alone")
    if len(many) > 2 or others:  # the axis is one of blocks of time, and the rest stands behind
        opened = (*shape[:at], BATCH, blocks, *shape[at + 1 :])
        x = _stream_reshaped(frame, x, opened)
    size = list(shape)
    size[at] = -1
    node = frame.call(torch.reshape, x.node, tuple(size))
    return x.changed(node, shape, batch_axis=at, time_axis=at)


def _unmerged(frame: FrameGraph, x: Stream, shape: tuple[int, ...]) -> Stream:
    at, merged = x.time_axis, x.shape[x.time_axis]
    time = merged // BATCH
    for left, right in regroup(x.shape, shape):
        many = [axis for axis in right if shape[axis] != 1]
        if at not in left or any(x.shape[axis] != 1 for axis in left if axis != at):
            continue
        if [shape[axis] for axis in many] == [merged]:
            size = list(shape)
            size[many[0]] = -1
            node = frame.call(torch.reshape, x.node, tuple(size))
            return x.changed(node, shape, batch_axis=many[0], time_axis=many[0])
        if [shape[axis] for axis in many] == [BATCH, time]:
            out = x.changed(x.node, shape, batch_axis=many[0], time_axis=many[1])
            return out.changed(frame.call(torch.reshape, x.node, frame.size(out)), shape)
    opened = (*x.shape[:at], BATCH, time, *x.shape[at + 1 :])
    out = x.changed(x.node, opened, batch_axis=at, time_axis=at + 1)
    out = out.changed(frame.call(torch.reshape, x.node, frame.size(out)), opened)
    return _stream_reshaped(frame, out, shape)


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
    added = len(shape) - rank_of(x)
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
    added = len(counts) - rank_of(x)
    if isinstance(x, Control):
        batch_axis = None if x.batch_axis is None else x.batch_axis + added
        counts = [
            1 if _is_repeated_later(frame, batch_axis, axis, count) else count
            for axis, count in enumerate(counts)
        ]
        return Control(_copied(frame, x.node, counts), whole_shape(node), batch_axis)
    assert isinstance(x, Stream)
    if counts[x.time_axis + added] != 1 or counts[x.batch_axis + added] != 1:
        raise Refusal("it repeats the whole signal; a stream has no end")
    return x.changed(
        _copied(frame, x.node, counts),
        whole_shape(node),
        batch_axis=x.batch_axis + added,
        time_axis=x.time_axis + added,
    )


def _copied(frame: FrameGraph, node: fx.Node, counts: Sequence[int]) -> fx.Node:
    """Joined with itself: the operator that repeats would be an Expand in the effect."""
    for _ in range(len(counts) - node.meta["val"].dim()):
        node = frame.call(torch.unsqueeze, node, 0)
    for axis, count in enumerate(counts):
        if count > 1:
            node = frame.call(torch.cat, [node] * count, axis)
    return node
