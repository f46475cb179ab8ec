"""One convolution: an impulse response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor, nn

from ..causal import CausalNetwork, States
from .convolution import Convolution


class Linear(CausalNetwork):
    """`network` is the shape, see docs/effect-file.md."""

    architecture = "linear"

    def __init__(self, network: Mapping[str, Any]) -> None:
        super().__init__(network)
        self.conv = Convolution(1, 1, network["receptive_field"], bias=network["bias"])
        self.prewarm_samples = self.conv.past_samples

    def forward(
        self, sound: Tensor, conditions: list[Tensor], states: States
    ) -> tuple[Tensor, States]:
        """See CausalNetwork."""
        y, past = self.conv.play(sound[:, None], states[0] if states else None)
        return y[:, 0], [] if past is None else [past]

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """The past, where the response is longer than a sample."""
        past = self.conv.past_samples
        return {"past": (1, past)} if past else {}

    def in_order(self) -> Iterator[nn.Parameter]:
        """Kernel, then bias."""
        return self.conv.in_order()
