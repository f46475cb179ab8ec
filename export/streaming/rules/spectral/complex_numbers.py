"""Complex numbers, as pairs of real values: effects have no others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, fx

from ...frame_graph import FrameGraph
from ...refusal import Refusal
from ...values import Complex, Constant, Control, Moving, Stream, Value
from ..join import stacked
from ..parts import selected_from
from ..pointwise import of_values, pointwise
from ..registry import RULES, complex_rule, name_of, shape_of, whole_shape
from .long_convolution import Spectrum, times_response

Real: TypeAlias = Value | float
Pair: TypeAlias = tuple[Real, Real]

_REAL_TYPES = {torch.complex64: torch.float32, torch.complex128: torch.float64}


class Arithmetic:
    """Of real values in a frame graph: constants at once, others by rule."""

    def __init__(self, frame: FrameGraph) -> None:
        self._frame = frame

    def of(self, function: Callable[..., Tensor], *operands: Real) -> Value:
        """A function of one value at a time."""
        if any(isinstance(one, (Control, Stream)) for one in operands):
            shapes = [shape_of(one) for one in operands if not isinstance(one, (int, float))]
            shape = np.broadcast_shapes(*shapes)
            return of_values(self._frame, function, shape, *operands)
        tensors = [one.tensor if isinstance(one, Constant) else one for one in operands]
        return Constant(torch.as_tensor(function(*map(torch.as_tensor, tensors))))

    def add(self, x: Real, y: Real) -> Real:
        """Nothing is added where one of them is the number 0."""
        return y if _is_zero(x) else x if _is_zero(y) else self.of(torch.add, x, y)

    def sub(self, x: Real, y: Real) -> Real:
        """Likewise."""
        return x if _is_zero(y) else self.of(torch.sub, x, y)

    def mul(self, x: Real, y: Real) -> Real:
        """What is multiplied with the number 0 is 0."""
        return 0.0 if _is_zero(x) or _is_zero(y) else self.of(torch.mul, x, y)

    def product(self, x: Pair, y: Pair) -> Pair:
        """Of complex numbers."""
        (a, b), (c, d) = x, y
        return (
            self.sub(self.mul(a, c), self.mul(b, d)),
            self.add(self.mul(a, d), self.mul(b, c)),
        )

    def quotient(self, x: Pair, y: Pair) -> Pair:
        """Of complex numbers."""
        c, d = y
        if _is_zero(d):
            return self.of(torch.div, x[0], c), self.of(torch.div, x[1], c)
        power = self.add(self.mul(c, c), self.mul(d, d))
        a, b = self.product(x, (c, self.mul(d, -1.0)))
        return self.of(torch.div, a, power), self.of(torch.div, b, power)

    def magnitude(self, x: Pair) -> Value:
        """The root of the power."""
        a, b = x
        return self.of(torch.sqrt, self.add(self.mul(a, a), self.mul(b, b)))

    def polar(self, magnitude: Real, phase: Real) -> Pair:
        """Of magnitude and phase."""
        cosine, sine = self.of(torch.cos, phase), self.of(torch.sin, phase)
        return self.mul(magnitude, cosine), self.mul(magnitude, sine)

    def complex(self, x: Pair) -> Complex:
        """Both made alike: as large, as late."""
        real, imag = (self._alike(one, other) for one, other in (x, x[::-1]))
        return Complex(real, imag)

    def _alike(self, x: Real, other: Real) -> Moving:
        if not isinstance(x, (Control, Stream)) or not _are_alike(x, other):
            x = self.of(torch.add, x, self.of(torch.mul, other, 0.0))
        assert isinstance(x, (Control, Stream))
        return x


def _is_zero(x: Real) -> bool:
    return isinstance(x, (int, float)) and x == 0


def _are_alike(x: Moving, other: Real) -> bool:
    if isinstance(x, Stream) and isinstance(other, Stream):
        return x.shape == other.shape and x.delay == other.delay
    return isinstance(other, type(x)) and x.shape == other.shape


def pair(x: Any) -> Pair:
    """Real and imaginary part of a value or a number, complex or not."""
    if isinstance(x, Complex):
        return x.real, x.imag
    if isinstance(x, Constant) and x.tensor.is_complex():
        return Constant(x.tensor.real.contiguous()), Constant(x.tensor.imag.contiguous())
    if isinstance(x, complex):
        return x.real, x.imag
    if isinstance(x, Spectrum):
        raise Refusal(
            "it changes a spectrum of the whole signal, and a stream has no end; take spectra of "
            "windows (torch.stft), or multiply by a fixed response alone"
        )
    return x, 0.0


@complex_rule("mul")
def multiplied(frame: FrameGraph, node: fx.Node, x: Any, y: Any) -> Any:
    """Of spectra of the whole signal: a convolution."""
    if isinstance(x, Spectrum) or isinstance(y, Spectrum):
        return times_response(frame, node, x, y)
    of = Arithmetic(frame)
    return of.complex(of.product(pair(x), pair(y)))


@complex_rule("div", "true_divide")
def divided(frame: FrameGraph, node: fx.Node, x: Any, y: Any) -> Complex:
    """By the conjugate."""
    of = Arithmetic(frame)
    return of.complex(of.quotient(pair(x), pair(y)))


@complex_rule("reciprocal")
def reciprocal(frame: FrameGraph, node: fx.Node, x: Complex) -> Complex:
    """One divided by it."""
    of = Arithmetic(frame)
    return of.complex(of.quotient((1.0, 0.0), pair(x)))


@complex_rule("add", "sub", "rsub")
def added(frame: FrameGraph, node: fx.Node, x: Any, y: Any, **options: Any) -> Complex:
    """Part by part."""
    of = Arithmetic(frame)
    scale = options.get("alpha", 1)
    a, b = pair(x), of.product(pair(scale), pair(y))
    if name_of(node) == "aten.rsub":
        a, b = pair(y), of.product(pair(scale), pair(x))
    join = of.add if name_of(node) == "aten.add" else of.sub
    return of.complex((join(a[0], b[0]), join(a[1], b[1])))


@complex_rule("pow", "square")
def power(frame: FrameGraph, node: fx.Node, x: Complex, exponent: Any = 2) -> Complex:
    """Multiplied with itself."""
    if not isinstance(x, Complex) or exponent not in (1, 2, 3, 4):
        raise Refusal(
            "it takes a complex power; raise the magnitude, and keep the phase by torch.polar"
        )
    of = Arithmetic(frame)
    out = pair(x)
    for _ in range(int(exponent) - 1):
        out = of.product(out, pair(x))
    return of.complex(out)


@complex_rule("exp")
def exponential(frame: FrameGraph, node: fx.Node, x: Complex) -> Complex:
    """By Euler's formula."""
    of = Arithmetic(frame)
    return of.complex(of.polar(of.of(torch.exp, x.real), x.imag))


@complex_rule("_conj", "conj", "conj_physical", "_conj_physical")
def conjugate(frame: FrameGraph, node: fx.Node, x: Complex) -> Complex:
    """The imaginary part turned round."""
    of = Arithmetic(frame)
    return of.complex((x.real, of.mul(x.imag, -1.0)))


@complex_rule("where")
def chosen(frame: FrameGraph, node: fx.Node, mask: Value, x: Any, y: Any) -> Complex:
    """Part by part, by one mask."""
    of = Arithmetic(frame)
    (a, b), (c, d) = pair(x), pair(y)
    return of.complex((of.of(torch.where, mask, a, c), of.of(torch.where, mask, b, d)))


@complex_rule("masked_fill")
def filled_in(frame: FrameGraph, node: fx.Node, x: Any, mask: Value, value: Any) -> Complex:
    """Another value where a mask is true."""
    out: Complex = chosen(frame, node, mask, value, x)
    return out


@complex_rule("sgn")
def direction(frame: FrameGraph, node: fx.Node, x: Complex) -> Complex:
    """Divided by its magnitude; 0 stays."""
    of = Arithmetic(frame)
    size = of.magnitude(pair(x))
    size = of.of(torch.add, size, of.of(_is_none, size))
    return of.complex(of.quotient(pair(x), (size, 0.0)))


def _is_none(size: Tensor) -> Tensor:
    return (size == 0).float()


@complex_rule("abs")
def magnitude(frame: FrameGraph, node: fx.Node, x: Complex) -> Value:
    """Real."""
    return Arithmetic(frame).magnitude(pair(x))


@complex_rule("angle")
def phase(frame: FrameGraph, node: fx.Node, x: Complex) -> Value:
    """Real, in radians."""
    return Arithmetic(frame).of(torch.atan2, *reversed(pair(x)))


@complex_rule("polar")
def from_polar(frame: FrameGraph, node: fx.Node, size: Value, angle: Value) -> Complex:
    """Of magnitude and phase."""
    of = Arithmetic(frame)
    return of.complex(of.polar(size, angle))


@complex_rule("complex")
def from_parts(frame: FrameGraph, node: fx.Node, real: Value, imag: Value) -> Complex:
    """Of real and imaginary part."""
    return Arithmetic(frame).complex((real, imag))


@complex_rule("view_as_complex")
def from_last_axis(frame: FrameGraph, node: fx.Node, x: Moving) -> Complex:
    """Of real and imaginary part, on an axis of two."""
    real, imag = (selected_from(frame, x, -1, i, whole_shape(node)) for i in (0, 1))
    return Arithmetic(frame).complex((real, imag))


@complex_rule("view_as_real")
def to_last_axis(frame: FrameGraph, node: fx.Node, x: Any) -> Value:
    """Real and imaginary part on an axis of two."""
    joined: Value = stacked(frame, node, [one for one in pair(x) if isinstance(one, Value)], -1)
    return joined


@complex_rule("real", "imag")
def one_part(frame: FrameGraph, node: fx.Node, x: Any) -> Real:
    """Either of them."""
    return pair(x)[name_of(node) == "aten.imag"]


@complex_rule("_to_copy", "to")
def as_type(frame: FrameGraph, node: fx.Node, x: Any, *rest: Any, **options: Any) -> Complex:
    """Real numbers get an imaginary part of none."""
    kind = options.get("dtype") or node.meta["val"].dtype
    if kind not in _REAL_TYPES:
        raise Refusal("it drops the imaginary part; take .real, or .abs()")
    of = Arithmetic(frame)
    a, b = pair(x)
    given = of.complex((a, b))
    real, imag = (
        pointwise(frame, node, one, dtype=_REAL_TYPES[kind]) for one in (given.real, given.imag)
    )
    return of.complex((real, imag))


@complex_rule("zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full")
def filled(frame: FrameGraph, node: fx.Node, *args: Any, **options: Any) -> Value:
    """As of real ones."""
    out: Value = RULES[name_of(node)](frame, node, *args, **options)
    return out


@complex_rule("transpose", "permute", "movedim", "t", "squeeze", "unsqueeze", "swapaxes")
@complex_rule("mT", "moveaxis", "swapdims", "view", "reshape", "_unsafe_view", "flatten")
@complex_rule("unflatten", "view_as", "reshape_as", "expand", "expand_as", "broadcast_to")
@complex_rule("repeat", "tile", "split", "split_with_sizes", "chunk", "unbind", "slice", "narrow")
@complex_rule("select", "index_select", "flip", "roll", "repeat_interleave", "unfold", "neg")
@complex_rule("clone", "detach", "alias", "contiguous", "resolve_conj", "resolve_neg", "dropout")
@complex_rule("lift_fresh_copy", "cat", "concat", "stack", "pad", "constant_pad_nd")
@complex_rule("sum", "mean", "cumsum", "tensor_split")
def part_by_part(frame: FrameGraph, node: fx.Node, *args: Any, **options: Any) -> Any:
    """What moves, takes, joins or adds up numbers does so with either part."""
    of = Arithmetic(frame)
    play: Callable[..., Any] = RULES.get(name_of(node), pointwise)
    real, imag = (play(frame, node, *_parts(of, args, i), **options) for i in (0, 1))
    if isinstance(real, list):
        return [of.complex(parts) for parts in zip(real, imag, strict=True)]
    return of.complex((real, imag))


def _parts(of: Arithmetic, values: Any, at: int) -> Any:
    """Operands with the real or the imaginary part in place of each value.

    Of real values the latter is zeros; numbers that say where or how much stay as they are.
    """
    if isinstance(values, (list, tuple)):
        return type(values)(_parts(of, one, at) for one in values)
    if isinstance(values, (Stream, Control)):
        return of.of(torch.mul, values, 0.0) if at else values
    if isinstance(values, Constant) and values.tensor.is_floating_point():
        return Constant(torch.zeros_like(values.tensor)) if at else values
    if isinstance(values, float):
        return 0.0 if at else values
    if isinstance(values, (Complex, Constant, Spectrum)):
        return pair(values)[at] if _is_complex(values) else values
    return values


def _is_complex(value: Complex | Constant | Spectrum) -> bool:
    return not isinstance(value, Constant) or value.tensor.is_complex()


@complex_rule("matmul", "mm", "bmm", "einsum")
def product(frame: FrameGraph, node: fx.Node, *args: Any) -> Complex:
    """Of matrices: four real ones."""
    of = Arithmetic(frame)
    play = RULES[name_of(node)]
    equation: list[Any] = [args[0]] if isinstance(args[0], str) else []
    operands: Sequence[Any] = args[1] if equation else args
    if len(operands) != 2:
        raise Refusal("it multiplies more than two complex values; multiply two at a time")
    x, y = map(pair, operands)

    def of_parts(one: Real, other: Real) -> Real:
        if _is_zero(one) or _is_zero(other):
            return 0.0
        out: Value = play(frame, node, *equation, *([[one, other]] if equation else [one, other]))
        return out

    real = of.sub(of_parts(x[0], y[0]), of_parts(x[1], y[1]))
    return of.complex((real, of.add(of_parts(x[0], y[1]), of_parts(x[1], y[0]))))
