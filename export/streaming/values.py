"""What flows through a module that plays a whole signal: constants, controls, and streams."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from torch import Tensor, fx

BATCH = 3  # signals in the traced batch: few other axes have that size
WHOLE_SAMPLES = 61_440  # of the traced signal; many strides divide it


@dataclass(frozen=True)
class Constant:
    """Depends on no input."""

    tensor: Tensor


@dataclass(frozen=True)
class Control:
    """Depends on knobs alone. In the frame graph its batch axis, if it has one, is 1."""

    node: fx.Node
    shape: tuple[int, ...]  # in the whole
    batch_axis: int | None


@dataclass(frozen=True)
class Stream:
    """Sound, or what was made of it, with a time axis.

    After n samples of input its elements up to n · `rate` − `delay` are known: one that needs a
    later sample has a larger delay, one that was padded on the left a smaller, perhaps negative
    one. In the frame graph the time axis has the elements that have become known in a frame, and
    all else is as in the whole.

    `before` is the value of the elements before the first one, where the frame graph has such and
    it is known.
    """

    node: fx.Node
    shape: tuple[int, ...]  # in the whole
    batch_axis: int
    time_axis: int
    rate: Fraction
    delay: int
    before: float | None

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def merged(self) -> int:
        """How many rows of each signal its batch axis has; one, unless axes were merged."""
        return self.shape[self.batch_axis] // BATCH

    def changed(self, node: fx.Node, shape: tuple[int, ...], **facts: object) -> Stream:
        """The same with another node and shape."""
        return replace(self, node=node, shape=shape, **facts)  # type: ignore[arg-type]


Moving: TypeAlias = Control | Stream  # what depends on an input


@dataclass(frozen=True)
class Complex:
    """A complex value as two real ones, both streams that are equally late, or both knobs'."""

    real: Moving
    imag: Moving

    @property
    def shape(self) -> tuple[int, ...]:
        """In the whole."""
        return self.real.shape


Value: TypeAlias = Constant | Moving
