"""The interface of a model family to training, export and engine.

A family is an architecture in all its sizes. Training, release and benchmarks know families by this
interface alone, so a new one is a folder beside this file and a line in `registry.py`; one of
another package needs no line here at all.

Its models map windowed frames [batch, samples] to frames of the same shape, in PyTorch. What plays
is the frame graph made of one: frame [channels, frame_size] and states in and out, see
`tonecast.export.to_onnx`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import Field, asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from torch import Tensor, nn

from ...plugin_core.effect_files.contract import Architecture, Contract, Window

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
class FrameFormat:
    """How the sound of an effect is cut into frames; the fields are those of its contract.

    With a hop of one frame and no windows, frames follow each other, as causal models with a state
    take them. `hop_size_samples` is the default among `hop_sizes_samples`.
    """

    frame_size_samples: int
    hop_size_samples: int
    hop_sizes_samples: tuple[int, ...]
    analysis_window: Window
    synthesis_window: Window


@dataclass(frozen=True)
class TrainingMode(Generic[ModelT]):
    """One way to run a model in training, for a stage to choose by name.

    `run` maps model and frames [batch, samples] to frames. With `reconstructs` the input is its own
    target: half of the frames dry, half of them wet.
    """

    run: Callable[[ModelT, Tensor], Tensor]
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
    """An architecture that can be trained, exported and played.

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
    def frame_format(self, size: SizeT) -> FrameFormat:
        """The frames that a model of this size plays, and is trained on."""

    @abstractmethod
    def graph(self, model: ModelT) -> nn.Module:
        """The frame graph that plays a model, for `tonecast.export`: its weights are those of now.

        It maps (frame [channels, frame_size], a tensor per state) to the frame played, and the next
        states.
        """

    def state_shapes(self, size: SizeT) -> StateShapes:
        """The states of the graph, in order; none unless a family says otherwise.

        A model with a state takes any number of samples at once and begins with zeros for a past.
        """
        return {}

    def restore(self, model: ModelT, graph: nn.Module) -> None:
        """Give a model the weights of its graph, once those were read from an effect file.

        There is nothing to do where the graph holds the model's own parameters.
        """
        return

    def architecture(self, size: SizeT) -> Architecture:
        """What a contract says about the model: name and sizes, which are whole numbers.

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

    def training_modes(self) -> Mapping[str, TrainingMode[ModelT]]:
        """The ways to run a model in training by name; `WHOLE` is the default of a stage."""
        return {WHOLE: TrainingMode(lambda model, frames: model(frames))}

    def penalty(self, model: ModelT) -> Tensor:
        """A scalar that is added to the loss, weighted by `curve_penalty` of a config."""
        raise NotImplementedError(f"a {self.name} has no penalty")

    def compile(self, model: ModelT) -> None:
        """Let PyTorch compile the parts that are slow in a long training, if any.

        The state dict keeps its names, and the same machine gives the same bits again.
        """
        return
