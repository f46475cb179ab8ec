"""Recurrent networks as a model family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..causal_family import CausalFamily
from .recurrent import Recurrent


@dataclass(frozen=True)
class RecurrentSize:
    """Layers of cells, a dense layer to one output, and the sound added to it with `skip`.

    The defaults are those of Wright et al. (2020). `prewarm_samples` of silence follow a reset. The
    first layer hears the `conditions`, such as knobs, beside the sound.
    """

    cell: Literal["lstm", "gru"] = "lstm"
    hidden_size: int = 32
    layers: int = 1
    skip: bool = True
    prewarm_samples: int = 2048
    conditions: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for shapes that cannot be built."""
        if min(self.hidden_size, self.layers) < 1 or self.prewarm_samples < 0:
            raise ValueError(
                f"A recurrent network needs 1 or more layers and cells, and 0 or more samples of "
                f"silence, not {self.layers}, {self.hidden_size} and {self.prewarm_samples}."
            )
        if self.conditions < 0:
            raise ValueError(f"The conditions must be 0 or more, not {self.conditions}.")

    def network(self) -> Mapping[str, Any]:
        """See docs/effect-file.md."""
        widths = [1 + self.conditions, *[self.hidden_size] * (self.layers - 1)]
        cells = [
            {"type": self.cell, "input_size": width, "hidden_size": self.hidden_size}
            for width in widths
        ]
        head = {
            "type": "dense",
            "input_size": self.hidden_size,
            "output_size": 1,
            "activation": "none",
        }
        return {
            "layers": [*cells, head],
            "skip": self.skip,
            "input_gain": 1.0,
            "output_gain": 1.0,
            "prewarm_samples": self.prewarm_samples,
        }


RECURRENT_FAMILY = CausalFamily(Recurrent, RecurrentSize)
