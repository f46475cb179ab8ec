"""A causal network as the graph of an effect file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor, nn

from .causal import CausalNetwork


class CausalGraph(nn.Module):
    """What `tonecast.export` takes: see CausalModule there. Controls are the conditions."""

    def __init__(self, network: CausalNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, block: Tensor, *controls_and_states: Tensor) -> tuple[Tensor, ...]:
        """Play a block [channels, n]; return it and the next states."""
        count = self.network.conditions
        conditions, states = controls_and_states[:count], controls_and_states[count:]
        out, next_states = self.network(block, list(conditions), list(states))
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
