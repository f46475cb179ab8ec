"""What flows through a network of convolutions: sums of convolutions, and what bends them.

Time is not in here: tap K − 1 of a kernel meets the newest sample, and `reading` sees to it that
all signals that meet are equally late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor

Curve: TypeAlias = Mapping[str, Any]  # as docs/effect-file.md has activations
IDENTITY: Curve = {"type": "LeakyReLU", "negative_slope": 1.0}


@dataclass(frozen=True, eq=False)
class Condition:
    """The sound, and behind it the place of each knob in its range, 0 to 1."""

    rows: int


@dataclass(frozen=True, eq=False)
class Term:
    """A causal convolution of a signal: weight [rows, source rows, taps], bias [rows]."""

    source: Signal
    weight: Tensor
    bias: Tensor | None = None
    dilation: int = 1

    @property
    def taps(self) -> int:
        """Of the kernel."""
        return self.weight.shape[2]


@dataclass(frozen=True, eq=False)
class Sum:
    """Of one term or more, all with as many rows."""

    terms: tuple[Term, ...]

    @property
    def rows(self) -> int:
        """Channels."""
        return self.terms[0].weight.shape[0]


@dataclass(frozen=True, eq=False)
class Filmed:
    """of · scale + shift, both made of the condition."""

    of: Sum
    scale: Sum
    shift: Sum | None

    @property
    def rows(self) -> int:
        """Channels."""
        return self.of.rows


@dataclass(frozen=True, eq=False)
class Bent:
    """A curve of each sample."""

    of: Sum | Filmed
    curve: Curve

    @property
    def rows(self) -> int:
        """Channels."""
        return self.of.rows


@dataclass(frozen=True, eq=False)
class Gated:
    """shaped · gate."""

    shaped: Bent
    gate: Bent

    @property
    def rows(self) -> int:
        """Channels."""
        return self.shaped.rows


Atom: TypeAlias = Bent | Gated  # what a layer gives
Signal: TypeAlias = Condition | Sum | Filmed | Bent | Gated


def identity(rows: int) -> Tensor:
    """The kernel [rows, rows, 1] that changes nothing."""
    return torch.eye(rows)[:, :, None]


def is_identity(term: Term) -> bool:
    """Whether it is its source as it is."""
    rows, ins, taps = term.weight.shape
    return (
        taps == 1
        and rows == ins
        and term.bias is None
        and bool(torch.equal(term.weight, identity(rows)))
    )


def rows_of(signal: Signal, begin: int, end: int) -> Signal:
    """Some of its channels."""
    if isinstance(signal, Filmed):
        parts = [
            None if one is None else _rows_of_sum(one, begin, end)
            for one in (signal.of, signal.scale, signal.shift)
        ]
        of, scale, shift = parts
        assert of is not None and scale is not None
        return Filmed(of, scale, shift)
    return _rows_of_sum(as_sum(signal), begin, end)


def as_sum(signal: Signal) -> Sum:
    """The signal as one, if it is none."""
    return signal if isinstance(signal, Sum) else Sum((Term(signal, identity(signal.rows)),))


def scaled(signal: Sum, factor: Tensor, offset: Tensor | None = None) -> Sum:
    """Signal · factor + offset, both [rows]."""
    terms = [
        Term(
            term.source,
            term.weight * factor[:, None, None],
            None if term.bias is None else term.bias * factor,
            term.dilation,
        )
        for term in signal.terms
    ]
    return with_bias(Sum(tuple(terms)), offset)


def with_bias(signal: Sum, offset: Tensor | None) -> Sum:
    """Signal + offset [rows]."""
    if offset is None or not offset.any():
        return signal
    *others, last = signal.terms
    bias = offset if last.bias is None else last.bias + offset
    return Sum((*others, Term(last.source, last.weight, bias, last.dilation)))


def rests_at_zero(signal: Signal) -> bool:
    """Whether silence leaves zeros, wherever knobs stand."""
    if isinstance(signal, Condition):
        return signal.rows == 1
    if isinstance(signal, Sum):
        return all(_term_rests_at_zero(term) for term in signal.terms)
    if isinstance(signal, Filmed):
        return rests_at_zero(signal.of) and signal.shift is None
    if isinstance(signal, Gated):
        return rests_at_zero(signal.shaped) or rests_at_zero(signal.gate)
    return signal.curve["type"] != "Sigmoid" and rests_at_zero(signal.of)


def _term_rests_at_zero(term: Term) -> bool:
    if term.bias is not None and term.bias.any():
        return False
    if isinstance(term.source, Condition):
        return not term.weight[:, 1:].any()
    return rests_at_zero(term.source)


def _rows_of_sum(signal: Sum, begin: int, end: int) -> Sum:
    return Sum(
        tuple(
            Term(
                term.source,
                term.weight[begin:end],
                None if term.bias is None else term.bias[begin:end],
                term.dilation,
            )
            for term in signal.terms
        )
    )
