"""Families whose models map windowed frames [batch, samples] to frames of the same shape.

What plays is the frame graph made of a model: frame [channels, frame_size] and states in and out,
see `tonecast.export.to_onnx`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from torch import Tensor, nn

from ...plugin_core.effect_files.contract import Architecture, Contract, Window
from .family import ModelFamily, ModelT, SizeT

if TYPE_CHECKING:
    from ...export.to_onnx import StateShapes


@dataclass(frozen=True)
class FrameFormat:
    """How the sound of an effect is cut into frames; the fields are those of its contract.

    With a hop of one frame and no windows, frames follow each other, as models with a state take
    them. `hop_size_samples` is the default among `hop_sizes_samples`.
    """

    frame_size_samples: int
    hop_size_samples: int
    hop_sizes_samples: tuple[int, ...]
    analysis_window: Window
    synthesis_window: Window


class FrameFamily(ModelFamily[SizeT, ModelT]):
    """An architecture whose effects are played in frames.

    `graph` gives a module that maps (frame [channels, frame_size], a tensor per state) to the frame
    played, and the next states.
    """

    @abstractmethod
    def frame_format(self, size: SizeT) -> FrameFormat:
        """The frames that a model of this size plays, and is trained on."""

    def state_shapes(self, size: SizeT) -> StateShapes:
        """None unless a family says otherwise.

        A model with a state takes any number of samples at once and begins with zeros for a past.
        """
        return {}

    def restore(self, model: ModelT, graph: nn.Module) -> None:
        """Give a model the weights of its graph, once those were read from an effect file.

        There is nothing to do where the graph holds the model's own parameters.
        """
        return

    def architecture(self, size: SizeT) -> Architecture:
        """Name and sizes, which are whole numbers.

        A field `frame` is left out: the contract has the frame size already.
        """
        sizes = {name: value for name, value in asdict(size).items() if name != "frame"}
        return Architecture(self.name, sizes)

    def size_in(self, contract: Contract) -> SizeT:
        """The size that `architecture` wrote. Raise TypeError or ValueError where it is none."""
        sizes = dict(contract.architecture.sizes) if contract.architecture else {}
        if any(one.name == "frame" for one in fields(self.size_type)):
            sizes["frame"] = contract.frame_size_samples
        return self.size_type(**sizes)

    def build_for(self, contract: Contract) -> ModelT:
        """See ModelFamily."""
        return self.build(self.size_in(contract))

    def load(self, model: ModelT, weights: Mapping[str, Tensor]) -> None:
        """Through the graph and `restore`, and as exactly as that."""
        graph = self.graph(model)
        found = {name: weights[name] for name, _ in graph.named_parameters()}
        graph.load_state_dict(found, strict=False)  # without what is computed from the sizes
        self.restore(model, graph)
