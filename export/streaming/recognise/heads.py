"""From a module's output back to the sums that its heads hear."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .known import need
from .signals import (
    IDENTITY,
    Atom,
    Bent,
    Condition,
    Curve,
    Gated,
    Signal,
    Sum,
    Term,
    identity,
    is_identity,
)


@dataclass(frozen=True)
class Head:
    """A convolution of the sum of what layers give, each by a 1×1, and of the head before."""

    convolution: Term
    given: Mapping[Atom, Term]

    @property
    def is_plain(self) -> bool:
        """Whether layers are added up as they are."""
        return all(map(is_identity, self.given.values()))


@dataclass(frozen=True)
class Ending:
    """The heads, one after the other, and then the curve and a convolution in turn."""

    heads: list[Head]
    curve: Curve | None
    post: list[Term]


def endings(out: Sum, sum_of: Callable[[Signal], Sum]) -> Iterator[Ending]:
    """All the ways to see an output, the cheapest first."""
    yield _as_a_layer(out)
    post: list[Term] = []
    curve: Curve | None = None
    while True:
        heads = _heads(out, sum_of)
        if heads is not None:
            yield Ending(heads, curve, post)
        only = out.terms[0]
        bent = only.source
        if len(out.terms) > 1 or not isinstance(bent, Bent) or not isinstance(bent.of, Sum):
            return
        if only.dilation > 1 and only.taps > 1:
            return
        if curve not in (None, bent.curve):
            return
        out, curve, post = bent.of, bent.curve, [only, *post]


def _as_a_layer(out: Sum) -> Ending:
    """The last layer gives what comes out, as where a network has no skips."""
    only = out.terms[0]
    if is_identity(only) and len(out.terms) == 1 and isinstance(only.source, (Bent, Gated)):
        atom: Atom = only.source
    else:
        atom = Bent(out, IDENTITY)
    as_it_is = Term(atom, identity(1))
    return Ending([Head(as_it_is, {atom: as_it_is})], None, [])


def _heads(out: Sum, sum_of: Callable[[Signal], Sum]) -> list[Head] | None:
    """None where it is no sum of layers."""
    convolution = out.terms[0]
    if len(out.terms) > 1 or isinstance(convolution.source, Condition):
        convolution, heard = Term(out, identity(out.rows)), out
    else:
        heard = sum_of(convolution.source)
    before: list[Head] = []
    given: dict[Atom, Term] = {}
    for term in heard.terms:
        source = term.source
        if isinstance(source, Sum):
            if before:
                return None
            before = _heads(Sum((term,)), sum_of) or []
            if not before:
                return None
            continue
        if isinstance(source, Condition):
            source = Bent(Sum((term,)), IDENTITY)
            term = Term(source, identity(source.rows))
        need(isinstance(source, (Bent, Gated)))
        assert isinstance(source, (Bent, Gated))
        if term.taps > 1 or source in given:
            return None
        given[source] = term
    return [*before, Head(convolution, given)] if given else None
