"""From a traced graph to signals: what its operators say, as far as a WaveNet could say it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, fx

from ....plugin_core.effect_files.contract import Control
from ..trace import Trace
from ..values import WHOLE_SAMPLES
from .known import OtherError, need, operator_name
from .signals import (
    IDENTITY,
    Bent,
    Condition,
    Curve,
    Filmed,
    Gated,
    Signal,
    Sum,
    Term,
    as_sum,
    is_identity,
    rests_at_zero,
    rows_of,
    scaled,
    with_bias,
)

_CURVES: Mapping[str, Curve] = {
    "tanh": {"type": "Tanh"},
    "relu": {"type": "ReLU"},
    "sigmoid": {"type": "Sigmoid"},
    "silu": {"type": "SiLU"},
    "hardswish": {"type": "Hardswish"},
}
_NOTHING = ("dropout", "clone", "contiguous", "detach", "alias")


@dataclass(frozen=True)
class Heard:
    """A signal [batch, rows, time] whose first element is that of time `start`.

    Without a start it is of knobs alone: [batch, rows], perhaps with a further axis.
    """

    signal: Signal
    start: int | None = 0


@dataclass
class Reading:
    """Goes through the graph once."""

    traced: Trace
    controls: Sequence[Control]
    heard: dict[fx.Node, Any] = field(default_factory=dict)
    padded: list[Signal] = field(default_factory=list)  # with zeros
    pads_every_convolution: bool = True  # whatever is padded, at its begin and for nothing else
    _sums: dict[Signal, Sum] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the sound alone."""
        self.condition = Condition(1 + len(self.controls))
        self.sound = Sum((Term(self.condition, self._row(0)),))

    def output(self) -> Sum:
        """What the module returns. Raise OtherError if that cannot be said in signals."""
        for node in self.traced.graph.nodes:
            if node.op == "placeholder":
                self.heard[node] = self._input(node)
            elif node.op == "call_function":
                self.heard[node] = self._apply(node)
            elif node.op == "output":
                (out,) = node.args[0]
                found = self.heard[out]
                need(isinstance(found, Heard) and found.start == 0)
                need(tuple(out.meta["val"].shape[1:]) == (1, WHOLE_SAMPLES))
                return self.sum_of(found.signal)
        raise AssertionError("graphs end")

    def begins_with_zeros(self) -> bool:
        """Or, else, as if silence had been there for ever: both are the same for some.

        Raise OtherError for anything between.
        """
        if all(map(rests_at_zero, self.padded)):
            return False
        need(self.pads_every_convolution)
        return True

    def _row(self, index: int, factor: float = 1.0) -> Tensor:
        row = torch.zeros(1, self.condition.rows, 1)
        row[0, index] = factor
        return row

    def _input(self, node: fx.Node) -> Any:
        if node.name in self.traced.tensors:
            return self.traced.tensors[node.name].detach()
        if node.name not in self.traced.controls:
            return Heard(self.sound)
        names = [control.name for control in self.controls]
        index = names.index(self.traced.controls[node.name])
        need(self.traced.knob_shape == (1,))
        control = self.controls[index]
        span = self._row(1 + index, control.maximum - control.minimum)
        return Heard(Sum((Term(self.condition, span, torch.tensor([control.minimum])),)), None)

    def _apply(self, node: fx.Node) -> Any:
        args: Any = fx.node.map_arg(node.args, lambda used: self.heard[used])
        kwargs: Any = fx.node.map_arg(node.kwargs, lambda used: self.heard[used])
        if not _hears([args, kwargs]):  # weight norms, and what else is computed of weights
            assert callable(node.target)
            return node.target(*args, **kwargs)
        if node.target is operator.getitem:
            return args[0][args[1]]
        name = operator_name(node)
        if name in _NOTHING:
            need(isinstance(args[0], Heard))
            return args[0]
        if name in _CURVES:
            return self._bent(args[0], _CURVES[name])
        rule: Callable[..., Any] | None = getattr(self, f"_play_{name}", None)
        need(rule is not None)
        assert rule is not None
        try:
            return rule(node, *args, **kwargs)
        except (TypeError, AttributeError, IndexError, RuntimeError) as error:
            raise OtherError from error  # arguments of a kind or shape that no layer has

    # Time and channels.

    def _play_pad(
        self,
        node: fx.Node,
        x: Heard,
        amounts: Sequence[int],
        mode: str = "constant",
        value: Any = 0,
    ) -> Heard:
        need(x.start is not None and mode == "constant" and not value)
        need(not any(amounts[2:]) and min(amounts) >= 0)
        if amounts[0] == 0:
            return x
        assert x.start is not None
        self._pads(x)
        return replace(x, start=x.start - amounts[0])

    def _play_slice(
        self,
        node: fx.Node,
        x: Heard,
        axis: int = 0,
        begin: Any = None,
        end: Any = None,
        step: int = 1,
    ) -> Heard:
        need(isinstance(x, Heard) and step == 1)
        whole = _shape(node.args[0])
        axis %= len(whole)
        first, last, _ = slice(begin, end).indices(whole[axis])
        if axis == 1:
            return replace(x, signal=rows_of(x.signal, first, last))
        need(axis == 2 or (first, last) == (0, whole[axis]))
        return x if x.start is None else replace(x, start=x.start + first)

    def _play_narrow(self, node: fx.Node, x: Heard, axis: int, begin: int, length: int) -> Heard:
        return self._play_slice(node, x, axis, begin, begin + length)

    def _play_unsqueeze(self, node: fx.Node, x: Heard, axis: int) -> Heard:
        need(x.start is None and len(_shape(node)) == 3 and axis in (2, -1))
        return x

    def _play_expand(self, node: fx.Node, x: Heard, size: Any) -> Heard:
        need(x.start is None and _shape(node)[1] == x.signal.rows)
        return x

    def _play_split(self, node: fx.Node, x: Heard, size: Any, axis: int = 0) -> list[Heard]:
        rank, rows = len(_shape(node.args[0])), x.signal.rows
        need(axis % rank == 1)
        sizes = size if isinstance(size, (list, tuple)) else [size] * (rows // size)
        need(sum(sizes) == rows)
        begins = [sum(sizes[:i]) for i in range(len(sizes))]
        return [
            replace(x, signal=rows_of(x.signal, begin, begin + count))
            for begin, count in zip(begins, sizes, strict=True)
        ]

    _play_split_with_sizes = _play_split

    def _play_chunk(self, node: fx.Node, x: Heard, count: int, axis: int = 0) -> list[Heard]:
        need(x.signal.rows % count == 0)
        return self._play_split(node, x, x.signal.rows // count, axis)

    def _play_cat(self, node: fx.Node, parts: Sequence[Any], axis: int = 0) -> Heard:
        need(axis % len(_shape(node)) == 1 and all(isinstance(part, Heard) for part in parts))
        start = self._together(parts)
        rows, terms, begin = sum(part.signal.rows for part in parts), [], 0
        for part in parts:
            for term in self.sum_of(part.signal).terms:
                weight = torch.zeros(rows, *term.weight.shape[1:])
                weight[begin : begin + part.signal.rows] = term.weight
                bias = None
                if term.bias is not None:
                    bias = torch.zeros(rows)
                    bias[begin : begin + part.signal.rows] = term.bias
                terms.append(Term(term.source, weight, bias, term.dilation))
            begin += part.signal.rows
        return Heard(Sum(tuple(terms)), start)

    # Sums and products.

    def _play_add(self, node: fx.Node, a: Any, b: Any) -> Any:
        if not isinstance(a, Heard):
            a, b = b, a
        if not isinstance(b, Heard):
            if not torch.as_tensor(b).any():
                return a
            self._used_early(a)
            return replace(a, signal=with_bias(self.sum_of(a.signal), _each_row(b, a.signal.rows)))
        start = self._together([a, b])
        if isinstance(b.signal, Filmed):
            a, b = b, a
        if isinstance(a.signal, Filmed):
            need(a.signal.shift is None and b.start is None)
            return Heard(replace(a.signal, shift=self.sum_of(b.signal)), start)
        need(a.signal.rows == b.signal.rows)
        return Heard(Sum((*self.sum_of(a.signal).terms, *self.sum_of(b.signal).terms)), start)

    def _play_mul(self, node: fx.Node, a: Any, b: Any) -> Any:
        if not isinstance(a, Heard):
            a, b = b, a
        if not isinstance(b, Heard):
            return replace(a, signal=scaled(self.sum_of(a.signal), _each_row(b, a.signal.rows)))
        start = self._together([a, b])
        need(a.signal.rows == b.signal.rows)
        if a.start is None:
            a, b = b, a
        if a.start is not None and b.start is None:
            return Heard(Filmed(self.sum_of(a.signal), self.sum_of(b.signal), None), start)
        shaped, gate = a.signal, b.signal
        need(start is not None)
        if isinstance(shaped, Bent) and shaped.curve["type"] == "Sigmoid":
            shaped, gate = gate, shaped
        if isinstance(shaped, (Sum, Filmed)):  # a linear half
            shaped = Bent(shaped, IDENTITY)
        need(isinstance(shaped, Bent) and isinstance(gate, Bent))
        assert isinstance(shaped, Bent) and isinstance(gate, Bent)
        return Heard(Gated(shaped, gate), start)

    def _play_glu(self, node: fx.Node, x: Heard, axis: int = -1) -> Heard:
        left, right = self._play_split(node, x, x.signal.rows // 2, axis)
        gated: Heard = self._play_mul(node, left, self._bent(right, _CURVES["sigmoid"]))
        return gated

    def _play_conv1d(
        self,
        node: fx.Node,
        x: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = (1,),
        padding: Any = (0,),
        dilation: Any = (1,),
        groups: int = 1,
    ) -> Heard:
        need(isinstance(x, Heard) and isinstance(weight, Tensor))
        need(bias is None or isinstance(bias, Tensor))
        need(list(stride) == [1] and not isinstance(padding, str))
        past = (weight.shape[2] - 1) * dilation[0]
        start = x.start
        if padding[0]:
            need(start is not None)
            self._pads(x)
            start -= padding[0]
        if past:
            need(start is not None)
            if start != -past:
                self.pads_every_convolution = False
            start += past
        elif start is not None and start < 0:
            self.pads_every_convolution = False
        kernel = weight if groups == 1 else _ungrouped(weight, groups)
        return Heard(self._convolved(x.signal, kernel, bias, dilation[0]), start)

    def _play_linear(self, node: fx.Node, x: Heard, weight: Any, bias: Any = None) -> Heard:
        need(isinstance(x, Heard) and x.start is None and len(_shape(node)) == 2)
        return Heard(self._convolved(x.signal, weight[:, :, None], bias, 1), None)

    def _play__native_batch_norm_legit_no_training(
        self, node: fx.Node, x: Heard, weight: Any, bias: Any, mean: Any, variance: Any, *rest: Any
    ) -> list[Any]:
        gain = (variance + rest[-1]).rsqrt() * (1 if weight is None else weight)
        offset = (0 if bias is None else bias) - mean * gain
        self._used_early(x)
        return [replace(x, signal=scaled(self.sum_of(x.signal), gain, offset)), None, None]

    def _play_leaky_relu(self, node: fx.Node, x: Heard, slope: float = 0.01) -> Heard:
        return self._bent(x, {"type": "LeakyReLU", "negative_slope": float(slope)})

    def _play_prelu(self, node: fx.Node, x: Heard, slopes: Any) -> Heard:
        need(isinstance(slopes, Tensor))
        return self._bent(x, {"type": "PReLU", "negative_slopes": slopes.flatten().tolist()})

    def _play_hardtanh(self, node: fx.Node, x: Heard, low: float = -1, high: float = 1) -> Heard:
        need((low, high) == (-1, 1))
        return self._bent(x, {"type": "Hardtanh"})

    # What they have in common.

    def _bent(self, x: Heard, curve: Curve) -> Heard:
        need(x.start is not None)
        if curve["type"] == "Sigmoid":
            self._used_early(x)
        signal = x.signal if isinstance(x.signal, Filmed) else self.sum_of(x.signal)
        return replace(x, signal=Bent(signal, curve))

    def _convolved(self, source: Signal, kernel: Tensor, bias: Any, dilation: int) -> Sum:
        if isinstance(source, Sum):
            conditions = all(isinstance(t.source, Condition) and t.taps == 1 for t in source.terms)
            if conditions and kernel.shape[2] == 1:  # one 1×1 after the other is one
                return _product(source, kernel, bias)
            (only, *others) = source.terms
            if not others and is_identity(only) and not isinstance(only.source, Condition):
                source = only.source
        return Sum((Term(source, kernel, bias, dilation),))

    def sum_of(self, signal: Signal) -> Sum:
        """Always the same for the same signal: what goes on is told by its terms."""
        if signal not in self._sums:
            self._sums[signal] = as_sum(signal)
        return self._sums[signal]

    def _together(self, parts: Sequence[Heard]) -> int | None:
        starts = {part.start for part in parts if part.start is not None}
        need(len(starts) <= 1)
        for part in parts:
            self._used_early(part)
        return next(iter(starts), None)

    def _pads(self, x: Heard) -> None:
        self.padded.append(x.signal)
        if x.start != 0:
            self.pads_every_convolution = False

    def _used_early(self, x: Heard) -> None:
        """Zeros that were padded are something else behind this."""
        if x.start is not None and x.start < 0:
            self.pads_every_convolution = False


def _hears(values: Any) -> bool:
    if isinstance(values, (list, tuple)):
        return any(map(_hears, values))
    return isinstance(values, Heard) or (
        isinstance(values, dict) and any(map(_hears, values.values()))
    )


def _shape(node: Any) -> tuple[int, ...]:
    value = node.meta["val"]
    return tuple(value[0].shape if isinstance(value, (list, tuple)) else value.shape)


def _each_row(value: Any, rows: int) -> Tensor:
    """A number, or one for each channel: [rows, 1] or [1, rows, 1]."""
    tensor = torch.as_tensor(value, dtype=torch.float32)
    need(tensor.numel() == 1 or (tensor.dim() >= 2 and tensor.shape[-2:] == (rows, 1)))
    need(tensor.numel() in (1, rows))
    return tensor.flatten().expand(rows)


def _ungrouped(weight: Tensor, groups: int) -> Tensor:
    rows, ins, taps = weight.shape
    whole = weight.new_zeros(rows, ins * groups, taps)
    for group in range(groups):
        out = slice(group * rows // groups, (group + 1) * rows // groups)
        whole[out, group * ins : (group + 1) * ins] = weight[out]
    return whole


def _product(source: Sum, kernel: Tensor, bias: Tensor | None) -> Sum:
    terms = [
        Term(
            term.source,
            torch.einsum("oi,ijk->ojk", kernel[:, :, 0], term.weight),
            None if term.bias is None else kernel[:, :, 0] @ term.bias,
        )
        for term in source.terms
    ]
    return with_bias(Sum(tuple(terms)), bias)
