"""What was converted, as the exporter takes modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import torch
from torch import Tensor, nn

from .convert import Converted


class FrameModule(nn.Module):
    """A CausalModule of `tonecast.export.to_onnx`: blocks of one size, controls, states."""

    def __init__(
        self,
        converted: Converted,
        controls: Mapping[str, float],
        weights: Mapping[str, Tensor] | None = None,
    ) -> None:
        super().__init__()
        self._weights = dict(weights or {})
        self.frame = converted.module
        self.prewarm_samples = converted.prewarm_samples
        self.frame_size_samples = converted.frame_size_samples
        self.channels = converted.channels
        self.sounds = 2 if converted.has_sidechain else 1
        self._initial = dict(converted.initial_states)
        self._controls = dict(controls)

    def forward(self, block: Tensor, *controls_and_states: Tensor) -> tuple[Tensor, ...]:
        """Play a block [channels, n]; return it and the next states.

        With a side-chain, that comes before the controls.
        """
        played: tuple[Tensor, ...] = self.frame(block, *controls_and_states)
        return played

    def weights(self) -> Mapping[str, Tensor]:
        """Those that a kernel looks for, if there is one; the graph has its own."""
        return self._weights

    def state_shapes(self) -> Mapping[str, Sequence[int]]:
        """As the rules asked for them, without the channels."""
        return {name: tuple(initial.shape[1:]) for name, initial in self._initial.items()}

    def initial_states(self) -> Mapping[str, Tensor]:
        """Those that are not zero."""
        return {name: initial for name, initial in self._initial.items() if initial.any()}

    def rested_states(self, channels: int) -> list[Tensor]:
        """After `prewarm_samples` of silence, in whole blocks, with the controls at rest."""
        signals = channels // self.channels
        return [state.expand(signals, *state.shape[1:]).clone() for state in self._rested]

    @cached_property
    def _rested(self) -> list[Tensor]:
        states = list(self._initial.values())
        controls = [torch.tensor(value) for value in self._controls.values()]
        silence = [torch.zeros(self.channels, self.frame_size_samples)] * self.sounds
        with torch.no_grad():
            for _ in range(-(-self.prewarm_samples // self.frame_size_samples)):
                _, *states = self(*silence, *controls, *states)
        return states
