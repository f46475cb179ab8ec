"""Convolutions of two taps, one after the other: NAM's ConvNet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor, nn

from ..causal import CausalNetwork, States
from .activation import Activation
from .convolution import Convolution


class Block(nn.Module):
    """A convolution; the activation is the network's."""

    def __init__(self, channels_in: int, channels: int, dilation: int, groups: int) -> None:
        super().__init__()
        self.conv = Convolution(channels_in, channels, 2, dilation, groups)


class ConvNet(CausalNetwork):
    """`network` is the shape, see docs/effect-file.md."""

    architecture = "convnet"

    def __init__(self, network: Mapping[str, Any]) -> None:
        super().__init__(network)
        channels, dilations = network["channels"], network["dilations"]
        widths = [1, *[channels] * (len(dilations) - 1)]
        self.blocks = nn.ModuleList(
            Block(width, channels, dilation, network["groups"])
            for width, dilation in zip(widths, dilations, strict=True)
        )
        self.activation = Activation(network["activation"])
        self.head = Convolution(channels, 1)
        self.prewarm_samples = sum(dilations)

    def forward(
        self, sound: Tensor, conditions: list[Tensor], states: States
    ) -> tuple[Tensor, States]:
        """See CausalNetwork."""
        v = sound[:, None]
        next_states: States = []
        for convolution, past in zip(self._convolutions(), states, strict=True):
            v, joined = convolution.play(v, past)
            assert joined is not None
            next_states.append(joined)
            v = self.activation(v)
        return self.head(v)[:, 0], next_states

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """The past of each convolution."""
        return {
            f"block{i}": (convolution.in_channels, convolution.past_samples)
            for i, convolution in enumerate(self._convolutions())
        }

    def in_order(self) -> Iterator[nn.Parameter]:
        """As the file has them."""
        for convolution in (*self._convolutions(), self.head):
            yield from convolution.in_order()

    def _convolutions(self) -> list[Convolution]:
        found = []
        for block in self.blocks:
            assert isinstance(block, Block)
            found.append(block.conv)
        return found
