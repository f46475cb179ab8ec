"""Recurrent networks as of Automated-GuitarAmpModelling, RTNeural and NAM (Wright et al., 2020)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from ..causal import CausalNetwork, States
from .layers import LAYERS, Cells, Dense


class Recurrent(CausalNetwork):
    """y = output_gain · (layers(x') + skip · x') with x' = input_gain · x.

    `network` is the shape, see docs/effect-file.md. Conditions are further inputs of the first
    layer.
    """

    architecture = "recurrent"

    def __init__(self, network: Mapping[str, Any]) -> None:
        super().__init__(network)
        self.layers = nn.ModuleList(LAYERS[layer["type"]](layer) for layer in network["layers"])
        self.conditions = network["layers"][0]["input_size"] - 1
        self.prewarm_samples = network["prewarm_samples"]

    def forward(
        self, sound: Tensor, conditions: list[Tensor], states: States
    ) -> tuple[Tensor, States]:
        """See CausalNetwork."""
        x = self.network["input_gain"] * sound[..., None]
        # Sums rather than expand(): see docs/effect-file.md on operators.
        v = torch.cat([x, *(0 * x + condition for condition in conditions)], dim=-1)
        left = iter(states)
        next_states: States = []
        for layer in self.layers:
            if isinstance(layer, Cells):
                v, after = layer.play(v, [next(left) for _ in layer.states])
                next_states += after
            else:
                v = layer(v)
        y = v + x if self.network["skip"] else v
        return self.network["output_gain"] * y[..., 0], next_states

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Hidden and cell states of each layer."""
        return {
            f"layer{i}_{state}": (layer.cells,)
            for i, layer in enumerate(self.layers)
            if isinstance(layer, Cells)
            for state in layer.states
        }

    def initial_states(self) -> dict[str, Tensor]:
        """They are parameters."""
        return {
            f"layer{i}_{state}": getattr(layer, f"initial_{state}")[None]
            for i, layer in enumerate(self.layers)
            if isinstance(layer, Cells)
            for state in layer.states
        }

    def in_order(self) -> Iterator[nn.Parameter]:
        """Layer after layer."""
        for layer in self.layers:
            assert isinstance(layer, (Cells, Dense))
            yield from layer.in_order()
