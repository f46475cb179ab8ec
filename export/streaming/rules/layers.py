"""Dense layers, products of matrices, and norms: along other axes than time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import fx
from torch.nn import functional

from ..frame_graph import FrameGraph
from ..refusal import Refusal
from ..values import Constant, Control, Moving, Stream, Value
from .pointwise import alike, one_of_all
from .registry import rule, whole_shape

_ALL_OF_TIME = (
    "it takes mean and spread over the whole signal along time, and a stream has no end; use "
    "BatchNorm, or LayerNorm over channels"
)

_ATTENTION = (
    "it attends to the whole signal, and a stream has no end; use a convolution, or attention "
    "over blocks of fixed length, or over windows of the past (pad, then unfold)"
)


@rule("linear")
def dense(
    frame: FrameGraph, node: fx.Node, x: Moving, weight: Value, bias: Value | None = None
) -> Value:
    """A matrix on the last axis."""
    out: Value = product(frame, node, x, weight, bias)
    return out


@rule("matmul", "mm", "bmm")
def product(
    frame: FrameGraph, node: fx.Node, x: Moving, y: Value, bias: Value | None = None
) -> Value:
    """Along the last axis of one and the last but one of the other; neither may be time."""
    shape = whole_shape(node)
    is_dense = "linear" in str(node.target)
    for one, axis in ((x, 1), (y, 1 if is_dense else 2)):
        if isinstance(one, Stream) and (
            one.time_axis == one.rank - axis or one.batch_axis == one.rank - axis
        ):
            raise Refusal(
                "it adds up the whole signal along time, each sample with its own weight, as "
                "attention over everything does; use a convolution, or attention over a window"
            )
    streams = [one for one in (x, y) if isinstance(one, Stream)]
    aligned = iter(frame.aligned(streams)) if streams else iter(())
    given: list[Value] = []
    for one in (x, y):
        if isinstance(one, Stream):
            one = next(aligned)
        elif isinstance(one, Constant) and streams:
            one = alike(one, *_beside_the_matrices(streams))
        given.append(one)
    nodes = [frame.node_of(one) for one in given]
    if is_dense:
        extra = None if bias is None else frame.node_of(bias)
        out = frame.call(functional.linear, *nodes, extra)
    else:
        out = frame.call(torch.matmul, *nodes)
    if not streams:
        control = next(one for one in (x, y) if isinstance(one, Control))
        batch = None if control.batch_axis is None else control.batch_axis
        return Control(
            out, shape, None if batch is None else len(shape) - len(control.shape) + batch
        )
    places = {
        (len(shape) - one.rank + one.batch_axis, len(shape) - one.rank + one.time_axis)
        for one in given
        if isinstance(one, Stream)
    }
    if len(places) > 1:
        raise Refusal(
            "it joins each time with each other one, as attention over everything does; use a "
            "convolution, or attention over a window"
        )
    batch_axis, time_axis = places.pop()
    first = next(one for one in given if isinstance(one, Stream))
    silent = first.before == 0 and bias is None
    return first.changed(
        out, shape, batch_axis=batch_axis, time_axis=time_axis, before=0.0 if silent else None
    )


def _beside_the_matrices(streams: Sequence[Stream]) -> list[int]:
    """Axes of time and batch, from the end, along which matrices are repeated."""
    axes = (one.rank - axis for one in streams for axis in (one.batch_axis, one.time_axis))
    return [axis for axis in axes if axis > 2]


@rule("einsum")
def summed_products(
    frame: FrameGraph, node: fx.Node, equation: str, operands: Sequence[Value]
) -> Value:
    """Any product that keeps batch and time."""
    shape = whole_shape(node)
    terms, arrow, result = equation.replace(" ", "").partition("->")
    if not arrow or "." in equation:
        raise Refusal(f"'{equation}' leaves axes unnamed; write each as a letter, and '->'")
    letters: set[tuple[str, str]] = set()
    streams = [one for one in operands if isinstance(one, Stream)]
    aligned = iter(frame.aligned(streams))
    nodes: list[Any] = []
    others: list[int] = []
    for term, one in zip(terms.split(","), operands, strict=True):
        if isinstance(one, Stream):
            letters.add((term[one.batch_axis], term[one.time_axis]))
            nodes.append(next(aligned).node)
        else:
            others.append(len(nodes))
            nodes.append(one)
    if len(letters) != 1 or not all(letter in result for letter in letters.copy().pop()):
        raise Refusal("it adds up the whole signal along time, and a stream has no end")
    batch, time = letters.pop()
    for i in others:
        value, term = operands[i], terms.split(",")[i]
        if isinstance(value, Constant):
            value = alike(value, *(len(term) - term.index(n) for n in (batch, time) if n in term))
        nodes[i] = frame.node_of(value)
    first = max(streams, key=lambda one: one.delay)
    return first.changed(
        frame.call(torch.einsum, equation, *nodes),
        shape,
        batch_axis=result.index(batch),
        time_axis=result.index(time),
        before=None,
    )


@rule("_native_batch_norm_legit_no_training", "batch_norm", "native_batch_norm")
def batch_norm(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any, **options: Any) -> Any:
    """As it is when it no longer learns: a gain and an offset for each channel."""
    name = str(node.target)
    weight, bias, mean, variance = rest[:4]
    if "no_training" not in name and (rest[4] or mean is None):
        raise Refusal("it takes mean and spread from the batch; call eval() on the module")
    epsilon = rest[-1] if "no_training" in name else rest[6]
    if not isinstance(x, (Stream, Control)):
        raise Refusal("its gain follows the sound")
    rank = len(x.shape)
    shape = [1, -1, *[1] * (rank - 2)]
    gain = (variance.tensor + epsilon).rsqrt() * (1 if weight is None else weight.tensor)
    offset = (0 if bias is None else bias.tensor) - mean.tensor * gain
    out = frame.call(torch.mul, x.node, frame.constant(gain.reshape(shape)))
    out = frame.call(torch.add, out, frame.constant(offset.reshape(shape)))
    value: Value
    if isinstance(x, Control):
        value = Control(out, x.shape, x.batch_axis)
    else:
        value = x.changed(out, x.shape, before=None)
    return value if name.startswith("aten.batch_norm") else [value, None, None]


@rule("layer_norm", "native_layer_norm", "rms_norm")
def layer_norm(
    frame: FrameGraph, node: fx.Node, x: Moving, sizes: Sequence[int], *rest: Any
) -> Value:
    """Over the last axes, if time is none of them."""
    if isinstance(x, Stream) and max(x.time_axis, x.batch_axis) >= x.rank - len(sizes):
        raise Refusal(_ALL_OF_TIME)
    given = [frame.node_of(one) if isinstance(one, Constant) else one for one in rest]
    out = frame.again(node, x.node, list(sizes), *given)
    if isinstance(x, Control):
        return Control(out, x.shape, x.batch_axis)
    assert isinstance(x, Stream)
    return x.changed(out, x.shape, before=None)


@rule("group_norm", "instance_norm", "native_group_norm")
def norm_over_time(frame: FrameGraph, node: fx.Node, x: Moving, *rest: Any) -> Value:
    """Over all of time, which no frame has."""
    raise Refusal(_ALL_OF_TIME)


@rule("scaled_dot_product_attention")
def attention(
    frame: FrameGraph, node: fx.Node, query: Value, key: Value, value: Value, *rest: Any, **kw: Any
) -> Value:
    """Within blocks: among positions that stand behind time."""
    streams = [one for one in (query, key, value) if isinstance(one, Stream)]
    if any(max(one.time_axis, one.batch_axis) >= one.rank - 2 for one in streams):
        raise Refusal(_ATTENTION)
    mask = kw.pop("attn_mask", rest[0] if rest else None)
    if any(isinstance(one, Control) for one in (query, key, value)):
        raise Refusal("a part of what it attends with is a knob's; join the knob with the sound")
    if isinstance(mask, (Stream, Control)):
        raise Refusal("its mask follows the sound or a knob; multiply what it attends to")
    if len({(one.batch_axis, one.time_axis) for one in streams}) > 1:
        raise Refusal(_ATTENTION)
    beside = _beside_the_matrices(streams)
    aligned = frame.aligned(streams)
    later = iter(aligned)
    # What is learned is the same for all times.
    nodes = [
        frame.constant(alike(one, *beside).tensor)
        if isinstance(one, Constant)
        else next(later).node
        for one in (query, key, value)
    ]
    if isinstance(mask, Constant):
        mask = frame.constant(alike(mask, *beside).tensor)
    out = frame.again(node, *nodes, mask, *rest[1:], **kw)
    return aligned[0].changed(out, whole_shape(node), before=None)


@rule("_native_multi_head_attention", "_transformer_encoder_layer_fwd")
def fast_attention(frame: FrameGraph, node: fx.Node, *args: Any, **options: Any) -> Value:
    """Of each time to all others."""
    raise Refusal(_ATTENTION)


@rule("embedding")
def looked_up(frame: FrameGraph, node: fx.Node, weight: Value, index: Value, *rest: Any) -> Value:
    """Rows of a table."""
    assert isinstance(weight, Constant)
    table = frame.constant(one_of_all(weight.tensor, weight.tensor.dim() + 1))
    out = frame.call(functional.embedding, frame.node_of(index), table)
    shape = whole_shape(node)
    if isinstance(index, Stream):
        return index.changed(out, shape, before=None)
    assert isinstance(index, Control)
    return Control(out, shape, index.batch_axis)
