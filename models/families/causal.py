"""What causal networks have in common: n samples in, n samples out, and a state passed on.

Their shapes are JSON objects, as `architecture.network` of a contract has them, see
docs/effect-file.md; their weights have a flat order, that of the `.nam` format.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from ...plugin_core.errors import Error
from ...plugin_core.samples import Samples

States = list[Tensor]


class CausalNetwork(nn.Module, ABC):
    """A network that maps sound [batch, n] to sound [batch, n], for any n; `network` is its shape.

    `forward(sound, conditions, states)` returns the sound and the next states; `conditions` are
    scalars or [batch, 1, 1], from 0 to 1, as many as `self.conditions` says, and `states` tensors
    of `state_shapes`, whose first axis is the batch.
    """

    architecture: ClassVar[str]
    conditions: int = 0
    prewarm_samples: int = 0

    def __init__(self, network: Mapping[str, Any]) -> None:
        super().__init__()
        self.network = network

    @abstractmethod
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """The states by name, without their first axis."""

    def initial_states(self) -> dict[str, Tensor]:
        """Their values after a reset, where those are not zero: [1, …]."""
        return {}

    @abstractmethod
    def forward(
        self, sound: Tensor, conditions: list[Tensor], states: States
    ) -> tuple[Tensor, States]:
        """Play sound [batch, n]; return as much, and the next states."""

    @abstractmethod
    def in_order(self) -> Iterator[nn.Parameter]:
        """The parameters in the flat order."""

    def reset_states(self, batch: int) -> States:
        """The states after a reset, before any silence."""
        initial = self.initial_states()
        weight = next(self.parameters())
        return [
            initial[name].expand(batch, *shape).contiguous()
            if name in initial
            else weight.new_zeros(batch, *shape)
            for name, shape in self.state_shapes().items()
        ]

    def rested_states(self, batch: int, conditions: list[Tensor] | None = None) -> States:
        """The states that silence leaves: those that a stream begins with."""
        states = self.reset_states(batch)
        middle = [torch.tensor(0.5)] * self.conditions
        if self.prewarm_samples:
            silence = next(self.parameters()).new_zeros(batch, self.prewarm_samples)
            _, states = self(silence, conditions or middle, states)
        return states

    @torch.no_grad()
    def load_flat(self, weights: Samples) -> None:
        """Take the weights of a flat list. Raise tonecast.Error if there are more or fewer."""
        parameters = list(self.in_order())
        count = sum(parameter.numel() for parameter in parameters)
        if count != len(weights):
            raise Error(f"there are {len(weights)} weights, but the network takes {count}")
        at = 0
        for parameter in parameters:
            part = np.array(weights[at : at + parameter.numel()])
            parameter.copy_(torch.from_numpy(part).reshape(parameter.shape))
            at += parameter.numel()

    def flat(self) -> Samples:
        """The weights as a flat list, float32 [n]."""
        parts = [parameter.detach().float().ravel() for parameter in self.in_order()]
        flat: Samples = torch.cat(parts).numpy()
        return flat


def split_conditions(conditions: Tensor) -> list[Tensor]:
    """Those of a batch [batch, conditions], as `forward` takes them."""
    return [column[:, None, None] for column in conditions.unbind(dim=1)]


def present(*tensors: nn.Parameter | Tensor | None) -> Iterator[nn.Parameter]:
    """Those that there are, as parameters."""
    for tensor in tensors:
        if tensor is not None:
            assert isinstance(tensor, nn.Parameter)
            yield tensor
