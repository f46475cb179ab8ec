"""What a step of a training learns from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from torch import Tensor


class Batch(NamedTuple):
    """Dry and wet sound [batch, samples], and the conditions [batch, conditions] of segments."""

    dry: Tensor
    wet: Tensor
    conditions: Tensor | None = None

    def parts(self, count: int) -> Iterator[Batch]:
        """The same, `count` at a time."""
        for begin in range(0, len(self.dry), count):
            some = slice(begin, begin + count)
            own = None if self.conditions is None else self.conditions[some]
            yield Batch(self.dry[some], self.wet[some], own)
