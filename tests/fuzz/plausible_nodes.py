"""Nodes that fit: for each operator inputs of shapes that go together, and attributes in range.

What is in range lies at its edge more often than not. `Maker` is what makes tensors of a shape: of
constants, or of the sound.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import prod
from typing import Protocol

Shape = tuple[int, ...]
Node = tuple[list[str], dict[str, object]]  # inputs and attributes

UNARY = [
    "Abs",
    "Neg",
    "Sign",
    "Ceil",
    "Floor",
    "Reciprocal",
    "Round",
    "Sqrt",
    "HardSwish",
    "Softplus",
    "Mish",
    "Relu",
    "Sigmoid",
    "Erf",
    "Exp",
    "Log",
    "Sin",
    "Cos",
    "Tanh",
    "Softsign",
    "Acos",
    "Acosh",
    "Asin",
    "Asinh",
    "Atan",
    "Atanh",
    "Cosh",
    "Sinh",
    "Tan",
    "Elu",
    "Gelu",
    "HardSigmoid",
    "LeakyRelu",
    "Selu",
    "Shrink",
    "ThresholdedRelu",
    "IsInf",
    "IsNaN",
    "Identity",
    "Size",
    "Shape",
]
BINARY = [
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Mod",
    "Pow",
    "PRelu",
    "Equal",
    "Greater",
    "GreaterOrEqual",
    "Less",
    "LessOrEqual",
]
VARIADIC = ["Max", "Min", "Mean", "Sum"]
REDUCTIONS = [
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSum",
    "ReduceSumSquare",
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
]
ALONG_AXIS = ["Softmax", "LogSoftmax", "LpNormalization", "ArgMax", "ArgMin"]
EQUATIONS = {
    "ij->i": [(2, 8)],
    "ij,ij->ij": [(4, 4), (4, 4)],
    "ij,jk->ik": [(2, 8), (8, 2)],
    "...i->...": [(2, 2, 4)],
    "ii->i": [(4, 4)],
    "bij,bjk->bik": [(2, 2, 4), (2, 4, 2)],
    "i,j->ij": [(16,), (4,)],
    "ij->": [(4, 4)],
    "...i,...i->...": [(2, 8), (2, 8)],
    "ij->ji": [(2, 8)],
}


class Maker(Protocol):
    """Makes tensors, and returns their names."""

    draw: random.Random

    def data(self, shape: Shape, kind: str = "float") -> str:
        """Numbers of that shape, constant or not."""

    def integers(self, values: Sequence[int], shape: Shape | None = None, bits: int = 64) -> str:
        """These numbers, mostly as a constant."""


def plausible(operator: str, make: Maker) -> Node | None:
    """The inputs and attributes of a node; None where there is no recipe for the operator."""
    draw = make.draw
    if operator in UNARY:
        return [make.data(shape_of(draw))], {}
    if operator in BINARY:
        shape = shape_of(draw)
        other = broadcastable(draw, shape)
        both = [shape, other] if operator == "PRelu" or draw.random() < 0.5 else [other, shape]
        integral = operator in ("Mod", "Div") and draw.random() < 0.3
        kind = "int64" if integral else "float"
        return [make.data(one, kind) for one in both], {"fmod": 1} if operator == "Mod" and (
            not integral
        ) else {}
    if operator in VARIADIC:
        shape = shape_of(draw)
        shapes = [shape, *(broadcastable(draw, shape) for _ in range(draw.randrange(4)))]
        return [make.data(one) for one in shapes], {}
    if operator in REDUCTIONS:
        shape = shape_of(draw)
        axes = draw.sample(range(len(shape)), draw.randint(0, len(shape)))
        axes = [axis - draw.choice((0, len(shape))) for axis in axes]
        inputs = [make.data(shape)]
        if draw.random() < 0.8:
            inputs.append(make.integers(axes))
        flags = {name: draw.randrange(2) for name in ("keepdims", "noop_with_empty_axes")}
        return inputs, flags
    if operator in ALONG_AXIS:
        shape = shape_of(draw, 1)
        return [make.data(shape)], {"axis": axis_of(draw, shape)}
    recipe = RECIPES.get(operator)
    return recipe(make, draw) if recipe else None


def shape_of(draw: random.Random, least_rank: int = 0, most_rank: int = 5) -> Shape:
    """Small, with an axis of 0 now and then."""
    sizes = (1, 1, 2, 2, 3, 4, 5, 8, 16) if draw.random() < 0.99 else (0, 1, 2)
    shape = tuple(draw.choice(sizes) for _ in range(draw.randint(least_rank, most_rank)))
    return shape if prod(shape) <= 4096 else shape[:least_rank] or (16,)


def broadcastable(draw: random.Random, shape: Shape) -> Shape:
    """A shape that stretches to that one."""
    sizes = tuple(size if draw.random() < 0.7 else 1 for size in shape)
    return sizes[draw.randint(0, len(sizes)) :]


def axis_of(draw: random.Random, shape: Shape) -> int:
    """Counted from either end."""
    return draw.randint(-len(shape), len(shape) - 1)


def _clip(make: Maker, draw: random.Random) -> Node:
    bounds = [make.data(()) if draw.random() < 0.6 else "" for _ in range(draw.randrange(3))]
    return [make.data(shape_of(draw)), *bounds], {}


def _cast(make: Maker, draw: random.Random) -> Node:
    kind = draw.choice(("float", "int64", "bool"))
    return [make.data(shape_of(draw), kind)], {"to": draw.choice((1, 6, 7, 9, 10, 11, 2, 3, 12))}


def _where(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw)
    others = [make.data(broadcastable(draw, shape)) for _ in range(2)]
    return [make.data(shape, "bool"), *others], {}


def _logic(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw)
    return [make.data(shape, "bool"), make.data(broadcastable(draw, shape), "bool")], {}


def _cum_sum(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw, 1)
    axis = make.integers([axis_of(draw, shape)], (), draw.choice((32, 64)))
    return [make.data(shape), axis], {name: draw.randrange(2) for name in ("exclusive", "reverse")}


def _top_k(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw, 1)
    axis = axis_of(draw, shape)
    flags = {name: draw.randrange(2) for name in ("largest", "sorted")}
    return [make.data(shape), make.integers([draw.randint(0, shape[axis])])], {
        "axis": axis,
        **flags,
    }


def _pooled(make: Maker, draw: random.Random) -> Node:
    return [make.data(shape_of(draw, 3))], {}


def _reshape(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw)
    target = list(shape) + [1] * draw.randrange(2)
    draw.shuffle(target)
    if target and draw.random() < 0.5:
        target[draw.randrange(len(target))] = -1
    return [make.data(shape), make.integers(target)], {"allowzero": draw.randrange(2)}


def _flatten(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw)
    return [make.data(shape)], {"axis": draw.randint(-len(shape), len(shape))}


def _squeeze(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw)
    ones = [axis for axis, size in enumerate(shape) if size == 1]
    shape, ones = (shape, ones) if ones else ((1, *shape), [0])
    ones = draw.sample(ones, draw.randint(1, len(ones)))
    return [make.data(shape), make.integers([a - draw.choice((0, len(shape))) for a in ones])], {}


def _unsqueeze(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw, 0, 4)
    count = draw.randint(1, 3)
    rank = len(shape) + count
    axes = [a - draw.choice((0, rank)) for a in draw.sample(range(rank), count)]
    return [make.data(shape), make.integers(axes)], {}


def _concat(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw, 1)
    axis = axis_of(draw, shape)
    inputs = []
    for _ in range(draw.randint(1, 4)):
        sizes = list(shape)
        sizes[axis] = draw.choice((0, 1, 2, 3))
        inputs.append(make.data(tuple(sizes)))
    return inputs, {"axis": axis}


def _slice(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw, 1)
    axes = draw.sample(range(len(shape)), draw.randint(1, len(shape)))
    bounds = (0, 1, 2, -1, -2, 5, 1000, -1000, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63))
    lists = [
        [draw.choice(bounds) if draw.random() < 0.2 else 0 for _ in axes],
        [draw.choice(bounds) if draw.random() < 0.3 else 1000 for _ in axes],
        axes,
        [draw.choice((1, 1, 1, 1, 2, 3, 1000, 2**63 - 1)) for _ in axes],
    ]
    if draw.random() < 0.2:  # from the end
        lists = [[-1 for _ in axes], [-1000 for _ in axes], axes, [-1 for _ in axes]]
    return [make.data(shape), *(make.integers(one) for one in lists)], {}


def _pad(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw, 1)
    pads = [draw.choice((0, 0, 0, 1, 2, 3, 8, -1, -size)) for size in shape * 2]
    value = [make.data(())] if draw.random() < 0.5 else []
    return [make.data(shape), make.integers(pads), *value], {
        "mode": draw.choice(("constant", "edge", "reflect", "wrap"))
    }


def _transpose(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw, 1)
    return [make.data(shape)], {"perm": draw.sample(range(len(shape)), len(shape))}


def _trilu(make: Maker, draw: random.Random) -> Node:
    k = make.integers([draw.choice((0, 1, -1, 5, -5, 2**31, -(2**31), 2**63 - 1))], ())
    return [make.data(shape_of(draw, 2)), k], {"upper": draw.randrange(2)}


def _indices(draw: random.Random, size: int, count: int) -> list[int]:
    beyond = draw.random() < 0.2
    edges = (-size, size - 1, 0, -1, size, -size - 1, 2**31) if beyond else (-size, size - 1, 0, -1)
    return [draw.choice(edges) for _ in range(count)]


def _gather(make: Maker, draw: random.Random) -> Node:
    shape, axis = shape_of(draw, 1), 0
    axis = axis_of(draw, shape)
    wanted = shape_of(draw, 0, 2)
    indices = make.integers(
        _indices(draw, shape[axis], prod(wanted)), wanted, draw.choice((32, 64))
    )
    return [make.data(shape), indices], {"axis": axis}


def _gather_elements(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw, 1)
    axis = axis_of(draw, shape)
    wanted = tuple(draw.randint(0, size) for size in shape)
    indices = make.integers(_indices(draw, shape[axis], prod(wanted)), wanted)
    return [make.data(shape), indices], {"axis": axis}


def _nd_indices(make: Maker, draw: random.Random, shape: Shape, batch: int) -> tuple[str, Shape]:
    depth = draw.randint(1, len(shape) - batch)
    outer = (*shape[:batch], *shape_of(draw, 0, 2))
    values = []
    for _ in range(prod(outer)):
        for size in shape[batch : batch + depth]:
            values += _indices(draw, size, 1)
    return make.integers(values, (*outer, depth)), (*outer, *shape[batch + depth :])


def _gather_nd(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw, 1)
    batch = draw.randrange(len(shape))
    return [make.data(shape), _nd_indices(make, draw, shape, batch)[0]], {"batch_dims": batch}


def _scatter_nd(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw, 1)
    indices, updates = _nd_indices(make, draw, shape, 0)
    return [make.data(shape), indices, make.data(updates)], {"reduction": _reduction(draw)}


def _scatter_elements(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw, 1)
    axis = axis_of(draw, shape)
    wanted = tuple(draw.randint(0, size) for size in shape)
    indices = make.integers(_indices(draw, shape[axis], prod(wanted)), wanted)
    return [make.data(shape), indices, make.data(wanted)], {
        "axis": axis,
        "reduction": _reduction(draw),
    }


def _reduction(draw: random.Random) -> str:
    return draw.choice(("none", "add", "mul", "max", "min"))


def _split(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw, 1)
    axis = axis_of(draw, shape)
    first = draw.randint(0, shape[axis])
    return [make.data(shape), make.integers([first, shape[axis] - first])], {"axis": axis}


def _mat_mul(make: Maker, draw: random.Random) -> Node:
    m, k, n = (draw.choice((1, 2, 4, 16)) for _ in range(3))
    outer = shape_of(draw, 0, 2)
    left = draw.choice(((*outer, m, k), (m, k), (k,)))
    right = draw.choice(((*outer, k, n), (k, n), (k,)))
    return [make.data(left), make.data(right)], {}


def _gemm(make: Maker, draw: random.Random) -> Node:
    m, k, n = (draw.choice((1, 2, 4, 16)) for _ in range(3))
    a, b = draw.randrange(2), draw.randrange(2)
    c = [make.data(draw.choice(((), (1,), (n,), (m, 1), (m, n))))] if draw.random() < 0.6 else []
    left, right = (k, m) if a else (m, k), (n, k) if b else (k, n)
    return [make.data(left), make.data(right), *c], {"transA": a, "transB": b, "alpha": 0.5}


def _einsum(make: Maker, draw: random.Random) -> Node:
    equation = draw.choice(list(EQUATIONS))
    return [make.data(shape) for shape in EQUATIONS[equation]], {"equation": equation}


def _dft(make: Maker, draw: random.Random) -> Node:
    shape = (draw.choice((1, 2)), draw.choice((1, 2, 4, 5, 16)), draw.choice((1, 2)))
    length = [make.integers([draw.choice((1, 4, 8, 17, 64))], ())] if draw.random() < 0.6 else []
    if length and draw.random() < 0.5:
        length.append(make.integers([draw.choice((1, -2, 0))], ()))
    return [make.data(shape), *length], {
        "inverse": draw.randrange(2),
        "onesided": int(shape[2] == 1 and draw.random() < 0.5),
    }


def _window(draw: random.Random, axes: int) -> dict[str, object]:
    """Strides, dilations and pads of a convolution or a pool."""
    window: dict[str, object] = {}
    if draw.random() < 0.5:
        window["strides"] = [draw.choice((1, 2, 3, 7)) for _ in range(axes)]
    if draw.random() < 0.3:
        window["dilations"] = [draw.choice((1, 2, 5)) for _ in range(axes)]
    if draw.random() < 0.5:
        window["pads"] = [draw.choice((0, 1, 2, 3)) for _ in range(2 * axes)]
    elif draw.random() < 0.3:
        window["auto_pad"] = draw.choice(("NOTSET", "VALID"))
    return window


def _convolution(make: Maker, draw: random.Random, transposed: bool) -> Node:
    axes, group = draw.choice((1, 1, 2, 3)), draw.choice((1, 1, 2, 4))
    into, out = group * draw.choice((1, 2)), group * draw.choice((1, 3))
    kernel = tuple(draw.choice((1, 2, 3, 5)) for _ in range(axes))
    weights = (into, out // group, *kernel) if transposed else (out, into // group, *kernel)
    sound = (draw.choice((1, 2)), into, *(draw.choice((1, 4, 8, 16)) for _ in range(axes)))
    bias = [make.data((out,))] if draw.random() < 0.5 else []
    attributes: dict[str, object] = {"group": group, **_window(draw, axes)}
    if transposed and draw.random() < 0.3:
        attributes["output_padding"] = [draw.choice((0, 0, 1)) for _ in range(axes)]
    return [make.data(sound), make.data(weights), *bias], attributes


def _conv(make: Maker, draw: random.Random) -> Node:
    return _convolution(make, draw, transposed=False)


def _conv_transpose(make: Maker, draw: random.Random) -> Node:
    return _convolution(make, draw, transposed=True)


def _pool(make: Maker, draw: random.Random) -> Node:
    axes = draw.choice((1, 1, 2, 3))
    sound = (draw.choice((1, 2)), 2, *(draw.choice((4, 8, 16)) for _ in range(axes)))
    kernel = [draw.choice((1, 2, 3, 4)) for _ in range(axes)]
    return [make.data(sound)], {"kernel_shape": kernel, **_window(draw, axes)}


def _normalized(make: Maker, draw: random.Random, per_channel: int) -> Node:
    shape = shape_of(draw, 3, 4)
    return [make.data(shape), *(make.data((shape[1],)) for _ in range(per_channel))], {}


def _batch_normalization(make: Maker, draw: random.Random) -> Node:
    return _normalized(make, draw, 4)


def _instance_normalization(make: Maker, draw: random.Random) -> Node:
    return _normalized(make, draw, 2)


def _layer_normalization(make: Maker, draw: random.Random) -> Node:
    shape = shape_of(draw, 1)
    axis = axis_of(draw, shape)
    inner = shape[axis:]
    scale = draw.choice((inner, broadcastable(draw, inner)))
    bias = [make.data(draw.choice((scale, inner)))] if draw.random() < 0.5 else []
    return [make.data(shape), make.data(scale), *bias], {"axis": axis}


def _recurrent(gates: int) -> Callable[[Maker, random.Random], Node]:
    def recipe(make: Maker, draw: random.Random) -> Node:
        steps, batch, size, hidden = (draw.choice((1, 2, 4)) for _ in range(4))
        direction = draw.choice(("forward", "reverse", "bidirectional"))
        both = 2 if direction == "bidirectional" else 1
        inputs = [
            make.data((steps, batch, size)),
            make.data((both, gates * hidden, size)),
            make.data((both, gates * hidden, hidden)),
        ]
        optional = [
            lambda: make.data((both, 2 * gates * hidden)),
            lambda: make.integers([draw.choice((0, 1, steps, steps))] * batch, None, 32),
            lambda: make.data((both, batch, hidden)),
            lambda: make.data((both, batch, hidden)),
            lambda: make.data((both, 3 * hidden)),
        ][: 5 if gates == 4 else 3]
        for one in optional[: draw.randint(0, len(optional))]:
            inputs.append(one() if draw.random() < 0.6 else "")
        return inputs, {"hidden_size": hidden, "direction": direction}

    return recipe


def _constant(make: Maker, draw: random.Random) -> Node:
    return [], draw.choice(
        ({"value_float": 1.0}, {"value_floats": [0.5, 2.0]}, {"value_int": 3}, {"value_ints": [1]})
    )


RECIPES: dict[str, Callable[[Maker, random.Random], Node]] = {
    "And": _logic,
    "AveragePool": _pool,
    "BatchNormalization": _batch_normalization,
    "Cast": _cast,
    "Clip": _clip,
    "Concat": _concat,
    "Constant": _constant,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "CumSum": _cum_sum,
    "DFT": _dft,
    "Einsum": _einsum,
    "Flatten": _flatten,
    "GRU": _recurrent(3),
    "Gather": _gather,
    "GatherElements": _gather_elements,
    "GatherND": _gather_nd,
    "Gemm": _gemm,
    "GlobalAveragePool": _pooled,
    "GlobalMaxPool": _pooled,
    "InstanceNormalization": _instance_normalization,
    "LSTM": _recurrent(4),
    "LayerNormalization": _layer_normalization,
    "MatMul": _mat_mul,
    "MaxPool": _pool,
    "Or": _logic,
    "Pad": _pad,
    "RNN": _recurrent(1),
    "Reshape": _reshape,
    "ScatterElements": _scatter_elements,
    "ScatterND": _scatter_nd,
    "Slice": _slice,
    "Split": _split,
    "Squeeze": _squeeze,
    "TopK": _top_k,
    "Transpose": _transpose,
    "Trilu": _trilu,
    "Unsqueeze": _unsqueeze,
    "Where": _where,
    "Xor": _logic,
}
