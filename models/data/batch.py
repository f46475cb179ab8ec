"""What a step of a training learns from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from torch import Tensor


class Batch(NamedTuple):
    """Dry and wet sound [batch, samples], and the conditions [batch, conditions] of segments.

    `levels` [batch, 1] are the RMS of everything that is wet at a segment's conditions.
    """

    dry: Tensor
    wet: Tensor
    conditions: Tensor | None = None
    levels: Tensor | None = None

    def compared(self, out: Tensor) -> tuple[Tensor, Tensor]:
        """A model's output [batch, samples] and the wet sound, as a loss is to hear them.

        All conditions at one level: else the loudest setting of a device's knobs, often 30 dB
        above the softest, would be learned and the others would not.
        """
        if self.levels is None:
            return out, self.wet
        return out / self.levels, self.wet / self.levels

    def parts(self, count: int) -> Iterator[Batch]:
        """The same, `count` at a time."""
        for begin in range(0, len(self.dry), count):
            some = slice(begin, begin + count)
            conditions, levels = (
                None if own is None else own[some] for own in (self.conditions, self.levels)
            )
            yield Batch(self.dry[some], self.wet[some], conditions, levels)
