"""The interface of a model family to training, export and engine.

A family is an architecture in all its sizes. Training, release and benchmarks know families by this
interface alone, so a new one is a folder beside this file and a line in `registry.py`; one of
another package needs no line here at all.

There are two kinds, by the form of their effects: `FrameFamily`, whose models play windowed frames,
and `CausalFamily`, whose models play any number of samples.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from torch import Tensor, nn

from ...plugin_core.effect_files.contract import Architecture, Contract

if TYPE_CHECKING:
    from ...export.to_onnx import StateShapes
    from ...plugin_core.effect_files.loading import Backend


class ModelSize(Protocol):
    """The shape of a model: a frozen dataclass of numbers, the table `[size]` of a config.

    Its constructor raises ValueError for shapes that cannot be built.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


SizeT = TypeVar("SizeT", bound=ModelSize)
ModelT = TypeVar("ModelT", bound=nn.Module)

WHOLE = "whole"


@dataclass(frozen=True)
class TrainingMode(Generic[ModelT]):
    """One way to run a model in training, for a stage to choose by name.

    `run` maps model and sound [batch, samples] to sound, which are frames where the family has
    some. A model with conditions gets them as well, [batch, conditions]. With `reconstructs` the
    input is its own target: half of it dry, half of it wet.
    """

    run: Callable[..., Tensor]
    reconstructs: bool = False


@dataclass(frozen=True)
class Tolerances:
    """How far an effect file may be from the model that was trained.

    `sample` is for each sample of the parity record, linear, full scale = 1. The others are over
    frames of noise, see `tonecast.models.release.checkpoint.differences`: by backend, the largest
    difference in the median frame relative to its peak; and the ESR of all of them, as a ratio.
    """

    sample: float = 1e-5
    median: Mapping[Backend, float] = field(
        default_factory=lambda: {"onnxruntime": 1e-5, "auto": 1e-5}
    )
    esr: float = 1e-8


class ModelFamily(ABC, Generic[SizeT, ModelT]):
    """An architecture that can be built, trained, exported and played.

    `name` is what configs and contracts call it: a-z, 0-9 and -. `size_type` is the class of its
    sizes. `has_penalty` says whether `penalty` may be weighed in the loss.
    """

    name: str
    size_type: type[SizeT]
    tolerances: Tolerances = Tolerances()
    has_penalty: bool = False

    @abstractmethod
    def build(self, size: SizeT) -> ModelT:
        """A model with its first weights, which may be drawn from PyTorch's global generator."""

    @abstractmethod
    def build_for(self, contract: Contract) -> ModelT:
        """A model of the shape that a contract names, its weights still the first ones.

        Raise KeyError, TypeError or ValueError where the contract names none.
        """

    @abstractmethod
    def graph(self, model: ModelT) -> nn.Module:
        """What plays a model, for `tonecast.export`: its weights are those of now."""

    @abstractmethod
    def state_shapes(self, size: SizeT) -> StateShapes:
        """The states of the graph, in order."""

    @abstractmethod
    def architecture(self, size: SizeT) -> Architecture:
        """What a contract says about the model."""

    @abstractmethod
    def load(self, model: ModelT, weights: Mapping[str, Tensor]) -> None:
        """Give a model the weights of an effect file, by the names that its graph has for them.

        Raise KeyError or RuntimeError where they are not those of this model.
        """

    def training_modes(self) -> Mapping[str, TrainingMode[ModelT]]:
        """The ways to run a model in training by name; `WHOLE` is the default of a stage."""
        return {WHOLE: TrainingMode(lambda model, sound: model(sound))}

    def penalty(self, model: ModelT) -> Tensor:
        """A scalar that is added to the loss, weighted by `curve_penalty` of a config."""
        raise NotImplementedError(f"a {self.name} has no penalty")

    def compile(self, model: ModelT) -> None:
        """Let PyTorch compile the parts that are slow in a long training, if any.

        The state dict keeps its names, and the same machine gives the same bits again.
        """
        return
