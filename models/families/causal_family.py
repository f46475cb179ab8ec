"""Families whose models are causal: sound [batch, n] to sound [batch, n], for any n."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import torch
from torch import Tensor

from ...plugin_core.effect_files.contract import Architecture, Contract, Control
from .causal import CausalNetwork, split_conditions
from .causal_graph import CausalGraph
from .family import WHOLE, ModelFamily, ModelSize, TrainingMode

if TYPE_CHECKING:
    from ...export.to_onnx import StateShapes


class CausalSize(ModelSize, Protocol):
    """The few numbers of a config that stand for the whole shape of a network."""

    def network(self) -> Mapping[str, Any]:
        """The shape, as `architecture.network` of a contract has it."""


CausalSizeT = TypeVar("CausalSizeT", bound=CausalSize)


class CausalFamily(ModelFamily[CausalSizeT, CausalNetwork]):
    """The networks of one class, which takes a shape; the family has its name, or one of its own.

    There are more shapes than sizes: those of captures come from `network` of a contract.
    """

    def __init__(
        self, network_type: type[CausalNetwork], size_type: type[CausalSizeT], name: str = ""
    ) -> None:
        self.name = name or network_type.architecture
        self.network_type = network_type
        self.size_type = size_type

    def build(self, size: CausalSizeT) -> CausalNetwork:
        """See ModelFamily."""
        return self.network_type(size.network())

    def build_for(self, contract: Contract) -> CausalNetwork:
        """See ModelFamily."""
        return self.network_type(contract.architecture.network if contract.architecture else {})

    def graph(self, model: CausalNetwork, controls: Sequence[Control] = ()) -> CausalGraph:
        """What `tonecast.export.to_onnx.causal_to_onnx` takes, with controls for conditions."""
        return CausalGraph(model, controls)

    def state_shapes(self, size: CausalSizeT) -> StateShapes:
        """Those of a network of that size: one for each channel."""
        shapes = self._without_weights(size).state_shapes()
        return {name: ("channels", *shape) for name, shape in shapes.items()}

    def prewarm_samples(self, size: CausalSizeT) -> int:
        """How much of the past decides about a sample, or is taken to."""
        return self._without_weights(size).prewarm_samples

    def _without_weights(self, size: CausalSizeT) -> CausalNetwork:
        with torch.device("meta"):
            return self.build(size)

    def architecture(self, size: CausalSizeT) -> Architecture:
        """Name and shape."""
        return Architecture(self.network_type.architecture, network=size.network())

    def load(self, model: CausalNetwork, weights: Mapping[str, Tensor]) -> None:
        """See ModelFamily: bit for bit."""
        model.load_state_dict({name: weights[name] for name, _ in model.named_parameters()})

    def training_modes(self) -> Mapping[str, TrainingMode[CausalNetwork]]:
        """The whole model, from the rest that silence leaves, as an effect begins."""
        return {WHOLE: TrainingMode(_from_rest)}


def _from_rest(model: CausalNetwork, sound: Tensor, conditions: Tensor | None = None) -> Tensor:
    with torch.no_grad():
        states = model.rested_states(len(sound))
    given = [] if conditions is None else split_conditions(conditions)
    played: Tensor = model(sound, given, states)[0]
    return played
