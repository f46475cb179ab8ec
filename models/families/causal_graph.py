"""A causal network as the graph of an effect file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor, nn

from ...plugin_core.effect_files.contract import Control
from .causal import CausalNetwork


class CausalGraph(nn.Module):
    """What `tonecast.export` takes: see CausalModule there.

    The network hears the places of `controls` in their ranges, 0 to 1, as its conditions.
    """

    def __init__(self, network: CausalNetwork, controls: Sequence[Control] = ()) -> None:
        super().__init__()
        self.network = network
        self.ranges = [(control.minimum, control.maximum) for control in controls]

    def forward(self, block: Tensor, *controls_and_states: Tensor) -> tuple[Tensor, ...]:
        """Play a block [channels, n]; return it and the next states."""
        count = len(self.ranges)
        controls, states = controls_and_states[:count], controls_and_states[count:]
        conditions = [
            (value - low) / (high - low)
            for value, (low, high) in zip(controls, self.ranges, strict=True)
        ]
        out, next_states = self.network(block, conditions, list(states))
        return (out, *next_states)

    def weights(self) -> Mapping[str, Tensor]:
        """Those of the network, under its own names."""
        return dict(self.network.named_parameters())

    def state_shapes(self) -> Mapping[str, Sequence[int]]:
        """Those of the network."""
        return self.network.state_shapes()

    def initial_states(self) -> Mapping[str, Tensor]:
        """Those of the network, where they are not zero."""
        return {name: value for name, value in self.network.initial_states().items() if value.any()}

    def rested_states(self, channels: int) -> list[Tensor]:
        """Those of the network."""
        return self.network.rested_states(channels)
