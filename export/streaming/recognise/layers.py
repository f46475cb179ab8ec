"""From signals to a WaveNet's layers, in order, and how each leads to the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from .known import OtherError, need
from .signals import (
    IDENTITY,
    Atom,
    Bent,
    Condition,
    Curve,
    Filmed,
    Gated,
    Signal,
    Sum,
    Term,
    identity,
)


@dataclass(frozen=True, eq=False)
class Layer:
    """atom = curve(conv of `heard` + mixin of the condition), gated or not, filmed or not."""

    atom: Atom
    heard: Sum | None  # none: the condition alone
    weight: Tensor  # [wide, heard, taps]
    bias: Tensor
    dilation: int
    mixin: Tensor  # [wide, condition, 1]
    film: Sum | None  # of the condition: scale, and shift behind it
    shifts: bool

    @property
    def rows(self) -> int:
        """Of what it gives."""
        return self.atom.rows


@dataclass(frozen=True)
class Onward:
    """What the next layer hears: through · heard + (weight · atom + bias), of a layer's.

    A layer that is `residual` adds to what it hears: its `through` changes nothing, or mixes the
    channels of the sum.
    """

    residual: bool
    through: Tensor  # [next, heard, 1]
    weight: Tensor  # [heard, rows, 1], or [next, rows, 1] of one that is not residual
    bias: Tensor


@dataclass
class LayerFinder:
    """Keeps what a sum's terms stand for; `sum_of` gives each signal the same one always."""

    condition: Condition
    sound: Sum
    sum_of: Callable[[Signal], Sum]
    _atoms: dict[Term, Term] = field(default_factory=dict)

    def terms(self, signal: Sum) -> Sequence[Term]:
        """A filter of several taps counts as a layer without a curve."""
        return [self._without_past(term) for term in signal.terms]

    def layers(self, heads: Sequence[Signal]) -> list[Layer]:
        """All that lead to `heads`, those first that others need."""
        found: dict[Atom, Layer] = {}

        def visit(signal: Signal) -> None:
            if isinstance(signal, Sum):
                for term in self.terms(signal):
                    visit(term.source)
            elif isinstance(signal, (Bent, Gated)) and signal not in found:
                layer = self._layer(signal)
                if layer.heard is not None:
                    visit(layer.heard)
                found[signal] = layer

        for head in heads:
            visit(head)
        return list(found.values())

    def layer_of_condition(self) -> Layer:
        """One that gives the condition as it is."""
        as_it_is = Sum((Term(self.condition, identity(self.condition.rows)),))
        return self._layer(Bent(as_it_is, IDENTITY))

    def onward(self, layer: Layer, heard: Sum) -> Onward:
        """From a layer to what the next one hears. Raise OtherError where it leads elsewhere."""
        need(layer.heard is not None)
        assert layer.heard is not None
        plain = identity(layer.heard.rows)
        residual = self._residual(layer, heard)
        if residual is not None:
            return Onward(True, plain, *residual)
        terms = self.terms(heard)
        if len(terms) == 1 and isinstance(terms[0].source, Sum):
            residual = self._residual(layer, terms[0].source)
            if residual is not None:
                return _mixed(terms[0], *residual)
        through = torch.zeros(heard.rows, layer.heard.rows, 1)
        weight = torch.zeros(heard.rows, layer.rows, 1)
        bias = torch.zeros(heard.rows)
        kept = self.terms(layer.heard)
        around = [term for term in terms if term in kept]
        if around:  # the sound goes around it, and what it gives is added: but for this, residual
            need(len(around) == len(kept))
            through += plain
        for term in terms:
            if term in around:
                continue
            if term.source is layer.atom:
                weight += term.weight
            elif isinstance(term.source, Condition):
                need(layer.heard is self.sound and not term.weight[:, 1:].any())
                through += term.weight[:, :1]
            else:
                need(self.sum_of(term.source) is layer.heard)
                through += term.weight
            if term.bias is not None:
                bias += term.bias
        return Onward(False, through, weight, bias)

    def _residual(self, layer: Layer, heard: Sum) -> tuple[Tensor, Tensor] | None:
        assert layer.heard is not None
        kept, terms = self.terms(layer.heard), self.terms(heard)
        added = [term for term in terms if term not in kept]
        if heard.rows != layer.heard.rows or not all(term in terms for term in kept):
            return None
        if any(term.source is not layer.atom for term in added):
            return None
        weight = torch.zeros(heard.rows, layer.rows, 1)
        bias = torch.zeros(heard.rows)
        for term in added:
            weight += term.weight
            if term.bias is not None:
                bias += term.bias
        return weight, bias

    def _without_past(self, term: Term) -> Term:
        if term.taps == 1:
            return term
        if term not in self._atoms:
            atom = Bent(Sum((term,)), IDENTITY)
            self._atoms[term] = Term(atom, identity(atom.rows))
        return self._atoms[term]

    def _layer(self, atom: Atom) -> Layer:
        parts = [atom] if isinstance(atom, Bent) else [atom.shaped, atom.gate]
        insides = [
            _one_filter(part.of.of if isinstance(part.of, Filmed) else part.of) for part in parts
        ]
        heard = [
            next((t for t in inside.terms if not _is_condition(t)), None) for inside in insides
        ]
        first = heard[0]
        for other in heard[1:]:  # a gate may have a filter of its own, of the same signal
            if first is None or other is None or first.source is not other.source:
                raise OtherError
            need((first.taps, first.dilation) == (other.taps, other.dilation))
        wide = sum(inside.rows for inside in insides)
        weight = torch.zeros(wide, 1, 1)
        if first is not None:
            weight = torch.cat([term.weight for term in heard if term is not None])
        films = [part.of for part in parts if isinstance(part.of, Filmed)]
        need(len(films) in (0, len(parts)))
        shifts = {film.shift is not None for film in films}
        need(len(shifts) <= 1)
        return Layer(
            atom,
            None if first is None else self.sum_of(first.source),
            weight,
            torch.cat([_bias(inside) for inside in insides]),
            1 if first is None else first.dilation,
            torch.cat([_mixin(inside, self.condition.rows) for inside in insides]),
            _film(films),
            True in shifts,
        )


def _mixed(mix: Term, weight: Tensor, bias: Tensor) -> Onward:
    """Onward by a 1×1 of what a residual layer leaves."""
    if mix.bias is None:
        return Onward(True, mix.weight, weight, bias)
    kernel = mix.weight[:, :, 0]  # an array's first convolution has no bias
    return Onward(
        False,
        mix.weight,
        (kernel @ weight[:, :, 0])[:, :, None],
        kernel @ bias + mix.bias,
    )


def curves(atom: Atom) -> tuple[Curve, Curve | None]:
    """Of a layer, and of its gate."""
    if isinstance(atom, Bent):
        return atom.curve, None
    return atom.shaped.curve, atom.gate.curve


def _is_condition(term: Term) -> bool:
    return isinstance(term.source, Condition)


def _one_filter(inside: Sum) -> Sum:
    """What bends a sum of several filters hears it as it is."""
    filters = [term for term in inside.terms if not _is_condition(term)]
    return inside if len(filters) <= 1 else Sum((Term(inside, identity(inside.rows)),))


def _mixin(inside: Sum, condition_rows: int) -> Tensor:
    weight = torch.zeros(inside.rows, condition_rows, 1)
    for term in inside.terms:
        if _is_condition(term):
            weight += term.weight
    return weight


def _bias(inside: Sum) -> Tensor:
    bias = torch.zeros(inside.rows)
    for term in inside.terms:
        if term.bias is not None:
            bias += term.bias
    return bias


def _film(films: Sequence[Filmed]) -> Sum | None:
    if not films:
        return None
    parts = [film.scale for film in films] + [film.shift for film in films if film.shift]
    terms = [term for part in parts for term in part.terms]
    need(all(isinstance(term.source, Condition) and term.taps == 1 for term in terms))
    condition = terms[0].source
    weight = torch.cat([sum((t.weight for t in p.terms), torch.zeros(1)) for p in parts])
    bias = torch.cat([_bias(part) for part in parts])
    return Sum((Term(condition, weight, bias),))
