"""WaveNets as of Neural Amp Modeler (van den Oord et al., 2016; Wright et al., DAFx 2019)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ..causal import CausalNetwork, States
from .activation import Activation
from .convolution import Convolution
from .layer import Layer

# Of a network that is to learn, as in Neural Amp Modeler: all layers add up to the head. It stays,
# as an optimiser whose steps suit the other weights would throw it about.
HEAD_SCALE = 0.02


class LayerArray(nn.Module):
    """Layers of one width, and the convolution of what they give to the head."""

    def __init__(self, shape: Mapping[str, Any]) -> None:
        super().__init__()
        self.rechannel = Convolution(shape["input_size"], shape["channels"], bias=False)
        self.layers = nn.ModuleList(Layer(shape, layer) for layer in shape["layers"])
        head, one = shape["head"], shape["head1x1"]
        width = one["out_channels"] if one else shape["bottleneck"]
        self.head = Convolution(
            width, head["out_channels"], head["kernel_size"], head["dilation"], bias=head["bias"]
        )

    def in_order(self) -> Iterator[nn.Parameter]:
        """As the file has them."""
        yield from self.rechannel.in_order()
        for layer in self.layers:
            assert isinstance(layer, Layer)
            yield from layer.in_order()
        yield from self.head.in_order()


class WaveNet(CausalNetwork):
    """`network` is the shape, see docs/effect-file.md.

    The condition is the sound, or what a network of its own makes of it; behind the sound stand
    the `conditions`, such as knobs.
    """

    architecture = "wavenet"

    def __init__(self, network: Mapping[str, Any]) -> None:
        super().__init__(network)
        self.conditions = network.get("conditions", 0)
        self.condition = WaveNet(network["condition"]) if network["condition"] else None
        self.arrays = nn.ModuleList(LayerArray(array) for array in network["arrays"])
        head = network["head"]
        width = network["arrays"][-1]["head"]["out_channels"]
        self.head = nn.ModuleList()
        self.head_activation = Activation(head["activation"]) if head else None
        for convolution in head["convolutions"] if head else ():
            out = convolution["out_channels"]
            self.head.append(Convolution(width, out, convolution["kernel_size"]))
            width = out
        self.head_scale = nn.Parameter(torch.full((1,), HEAD_SCALE), requires_grad=False)
        padded = network.get("zero_padding", False)  # then each convolution begins with zeros
        self.prewarm_samples = 0 if padded else receptive_field_samples(network) - 1
        if self.conditions:
            self._begin_without_conditions()

    def _begin_without_conditions(self) -> None:
        """What settings need not tell apart stays alike: first weights would, at random."""
        with torch.no_grad():
            for name, weight in self.named_parameters():
                if name.endswith(".mixin.weight"):
                    weight[:, -self.conditions :] = 0

    def play(
        self, x: Tensor, states: States, conditions: Sequence[Tensor] = ()
    ) -> tuple[Tensor, States]:
        """Play x [batch, 1, n] to [batch, out, n], and the next states."""
        left = iter(states)
        next_states: States = []

        def convolve(convolution: Convolution, v: Tensor) -> Tensor:
            out, past = convolution.play(v, next(left) if convolution.past_samples else None)
            if past is not None:
                next_states.append(past)
            return out

        condition = x
        if self.condition is not None:
            own = [next(left) for _ in self.condition.state_shapes()]
            condition, own = self.condition.play(x, own)
            next_states += own
        if conditions:  # sums rather than expand(): see docs/effect-file.md on operators
            condition = torch.cat([condition, *(0 * x + knob for knob in conditions)], dim=1)
        v, head = x, None
        for array in self.arrays:
            assert isinstance(array, LayerArray)
            v = array.rechannel(v)
            for layer in array.layers:
                assert isinstance(layer, Layer)
                past = next(left) if layer.conv.past_samples else None
                v, out, past = layer(v, condition, past)
                if past is not None:
                    next_states.append(past)
                head = out if head is None else head + out
            assert head is not None
            head = convolve(array.head, head)
        assert head is not None
        y = self.head_scale * head
        for convolution in self.head:
            assert isinstance(convolution, Convolution) and self.head_activation is not None
            y = convolve(convolution, self.head_activation(y))
        return y, next_states

    def forward(
        self, sound: Tensor, conditions: list[Tensor], states: States
    ) -> tuple[Tensor, States]:
        """See CausalNetwork."""
        y, states = self.play(sound[:, None], states, conditions)
        return y[:, 0], states

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """The past of each convolution that has one."""
        shapes = self.condition.state_shapes() if self.condition is not None else {}
        named = {f"condition_{name}": shape for name, shape in shapes.items()}

        def add(name: str, convolution: Convolution) -> None:
            if convolution.past_samples:
                named[name] = (convolution.in_channels, convolution.past_samples)

        for a, array in enumerate(self.arrays):
            assert isinstance(array, LayerArray)
            for i, layer in enumerate(array.layers):
                assert isinstance(layer, Layer)
                add(f"array{a}_layer{i}", layer.conv)
            add(f"array{a}_head", array.head)
        for j, convolution in enumerate(self.head):
            assert isinstance(convolution, Convolution)
            add(f"head{j}", convolution)
        return named

    def in_order(self) -> Iterator[nn.Parameter]:
        """The condition's first, then as the file has them."""
        if self.condition is not None:
            yield from self.condition.in_order()
        for array in self.arrays:
            assert isinstance(array, LayerArray)
            yield from array.in_order()
        for convolution in self.head:
            assert isinstance(convolution, Convolution)
            yield from convolution.in_order()
        yield self.head_scale


def receptive_field_samples(network: Mapping[str, Any]) -> int:
    """How many samples decide about one that comes out."""
    samples: int = receptive_field_samples(network["condition"]) if network["condition"] else 1
    for array in network["arrays"]:
        for layer in array["layers"]:
            samples += (layer["kernel_size"] - 1) * layer["dilation"]
        samples += (array["head"]["kernel_size"] - 1) * array["head"]["dilation"]
    for convolution in network["head"]["convolutions"] if network["head"] else ():
        samples += convolution["kernel_size"] - 1
    return samples
