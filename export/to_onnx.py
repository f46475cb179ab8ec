"""A PyTorch model as an ONNX graph without anything that is not needed to run it."""

from __future__ import annotations

import contextlib
import inspect
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import onnx
import onnx_ir as ir
import torch
from onnx_ir.passes import common as passes
from onnxscript import optimizer
from torch import Tensor, nn

from .any_channels import counts_channels, name_channels, with_many_channels

OPSET = 20
CHANNELS = 2  # of a predictor's input

# Axes of a state; "channels" may only come first. A state shared by all channels starts with 1.
StateShapes = Mapping[str, Sequence[int | str]]


def to_onnx(
    module: nn.Module,
    frame_size_samples: int,
    controls: Mapping[str, float],
    state: StateShapes,
    sidechain: bool = False,
    channels: int | None = None,
    output: str = "frame_out",
) -> onnx.ModelProto:
    """Export `module` as a frame graph, for any number of channels or for so many.

    `module` maps (frame [channels, frame_size], a scalar per control, a tensor per state) to
    (frame_out [channels, frame_size], the next states), in the order of `controls` (name → default
    value) and `state`. With a `sidechain` that comes after the frame, of the same shape. A filter
    effect's, with `output` "gain_db", maps them to (gain_db [channels or 1, bins], the next
    states). It is left in evaluation mode. Raise ValueError if its parameters are called otherwise,
    unless what follows the sounds is `*controls_and_states`.

    The graph has inputs `frame`, perhaps `sidechain`, the controls' names and `state.X`, and
    outputs `output` and `state.X.next`. A parameter that the graph uses as it is keeps its name.
    The same module gives the same bytes.
    """
    parameters = inspect.signature(module.forward).parameters
    unnamed = any(p.kind == p.VAR_POSITIONAL for p in parameters.values())
    sounds = ["frame", *(["sidechain"] if sidechain else [])]
    promised = [*sounds, *controls, *state]
    if list(parameters) != promised and not unnamed:
        raise ValueError(f"forward() takes {list(parameters)}, the contract says {promised}.")

    # Two channels, because an export with one would take the axis for a constant.
    frames = [torch.zeros(channels or 2, frame_size_samples) for _ in sounds]
    scalars = [torch.tensor(value, dtype=torch.float32) for value in controls.values()]
    per_channel = {0: torch.export.Dim("channels")}
    of_sounds = tuple(per_channel for _ in sounds)
    # {} where nothing is dynamic: PyTorch makes a list of a tuple of nothing but None, and fails.
    further = (
        *({} for _ in controls),
        *(per_channel if shape[0] == "channels" else {} for shape in state.values()),
    )
    # What *controls_and_states takes is one entry, and none where it takes nothing.
    dynamic_axes = (*of_sounds, further) if unnamed and further else (*of_sounds, *further)
    inputs = [*sounds, *controls, *(f"state.{name}" for name in state)]
    outputs = [output, *(f"state.{name}.next" for name in state)]
    arguments = (*frames, *scalars, *initial_state(state, channels or 2))
    axes = None if channels else dynamic_axes
    return _bare(_graph_of(module, arguments, axes, inputs, outputs))


class CausalModule(Protocol):
    """What `causal_to_onnx` takes: a module that plays blocks and passes its states on.

    It maps (block [channels, n], perhaps a side-chain alike, a scalar per control, a tensor per
    state) to (the block played, the next states). `weights` are the parameters that readers look
    for by their names.
    """

    def __call__(self, block: Tensor, *controls_and_states: Tensor) -> tuple[Tensor, ...]:
        """Play a block."""

    def weights(self) -> Mapping[str, Tensor]:
        """By the names that readers look for."""

    def state_shapes(self) -> Mapping[str, Sequence[int]]:
        """In the order in which they are passed, without their first axis, the channels."""

    def initial_states(self) -> Mapping[str, Tensor]:
        """Those after a reset that are not zero, [1, …]."""

    def rested_states(self, channels: int) -> list[Tensor]:
        """Those that the contract's silence leaves."""


def causal_to_onnx(
    module: CausalModule,
    block_size_samples: int,
    controls: Mapping[str, float],
    sidechain: bool = False,
    channels: int | None = None,
) -> onnx.ModelProto:
    """Export `module` as a block graph, for any number of channels.

    With `channels` it is for so many, which the module plays together: its states have 1 as their
    first axis. With a `sidechain` the module takes that after the block, of the same shape.

    The graph has inputs `block`, perhaps `sidechain`, the controls' names and `state.X`, and
    outputs `block_out` and `state.X.next`; initializers `state.X.initial` are the states after a
    reset where those are not zero. All of `weights()` are initializers under their names, even if
    the graph uses them in another order. The same module gives the same bytes.
    """
    assert isinstance(module, nn.Module)
    shapes = module.state_shapes()
    states = [torch.zeros(1 if channels else 2, *shape) for shape in shapes.values()]
    scalars = [torch.tensor(value, dtype=torch.float32) for value in controls.values()]
    per_channel = {0: torch.export.Dim("channels")}
    second = ["sidechain"] if sidechain else []
    # {} where nothing is dynamic: PyTorch makes a list of a tuple of nothing but None, and fails.
    further = (
        *(per_channel for _ in second),
        *({} for _ in scalars),
        *(per_channel for _ in states),
    )
    inputs = ["block", *second, *controls, *(f"state.{name}" for name in shapes)]
    outputs = ["block_out", *(f"state.{name}.next" for name in shapes)]
    sounds = [torch.zeros(channels or 2, block_size_samples) for _ in ("block", *second)]
    arguments = (*sounds, *scalars, *states)
    kept = dict(module.weights())
    for name, value in module.initial_states().items():
        kept[f"state.{name}.initial"] = value
    # What *controls_and_states takes is one entry, and none where it takes nothing.
    dynamic_axes = (per_channel, further) if further else (per_channel,)
    if channels:
        model = _graph_of(module, arguments, None, inputs, outputs)
    else:
        model = _for_any_channels(module, arguments, dynamic_axes, inputs, outputs)
    return _bare(model, kept)


def predictor_to_onnx(module: nn.Module, window_samples: int) -> onnx.ModelProto:
    """Export `module`, which maps audio [2, window_samples] to a value [1], as a predictor.

    It is left in evaluation mode. The graph has the input `audio` and the output `value`. The same
    module gives the same bytes.
    """
    audio = torch.zeros(CHANNELS, window_samples)
    return _bare(_graph_of(module, (audio,), None, ["audio"], ["value"]))


def _for_any_channels(
    module: nn.Module,
    arguments: tuple[Tensor, ...],
    dynamic_axes: tuple[Any, ...],
    inputs: list[str],
    outputs: list[str],
) -> ir.Model:
    many = with_many_channels(arguments, dynamic_axes)
    model = _graph_of(module, many, None, inputs, outputs)
    if counts_channels(model.graph):
        return _graph_of(module, arguments, dynamic_axes, inputs, outputs)
    name_channels(model.graph)
    return model


def _graph_of(
    module: nn.Module,
    arguments: tuple[Tensor, ...],
    dynamic_axes: tuple[Any, ...] | None,
    inputs: list[str],
    outputs: list[str],
) -> ir.Model:
    with _quiet(), torch.no_grad():
        program = torch.onnx.export(
            module.eval(),
            arguments,
            dynamo=True,
            dynamic_shapes=dynamic_axes,
            opset_version=OPSET,
            external_data=False,
            optimize=False,
            verbose=False,
        )
        assert program is not None
        graph = program.model.graph
        # A model may hand an input through; a copy of it gets the output's name.
        passes.OutputFixPass()(program.model)
        for value, name in zip((*graph.inputs, *graph.outputs), inputs + outputs, strict=True):
            value.name = name
        _simplify(program.model, {name for name, _ in module.named_parameters()})
        return program.model


def _keep(graph: onnx.GraphProto, name: str, value: Tensor) -> None:
    """Have an initializer of that name and value: an equal one gets the name, or it is added."""
    data = value.detach().float().contiguous().numpy()
    tensor = onnx.numpy_helper.from_array(data, name)
    for initializer in graph.initializer:
        if initializer.name.endswith(f".{name}") and initializer.raw_data == tensor.raw_data:
            for node in graph.node:
                for i, used in enumerate(node.input):
                    if used == initializer.name:
                        node.input[i] = name
            initializer.name = name
            return
    graph.initializer.append(tensor)


def initial_state(state: StateShapes, channels: int) -> list[Tensor]:
    """State before the first frame: zeros, a tensor for each entry."""
    return [
        torch.zeros([axis if isinstance(axis, int) else channels for axis in shape])
        for shape in state.values()
    ]


def _simplify(model: ir.Model, weights: set[str]) -> None:
    """Fold what is constant and drop what nothing uses; every sample stays as it was.

    Not PyTorch's `optimize=True`: its rewrite rules take a constant below 1e-8 for zero, and so
    remove the small numbers that keep logarithms and quotients finite.
    """
    passes.InlinePass()(model)
    passes.ShapeInferencePass()(model)  # without types, the casts inside inlined functions stay
    optimizer.fold_constants(model)
    passes.RemoveUnusedNodesPass()(model)
    passes.LiftConstantsToInitializersPass(lift_all_constants=True, size_limit=0)(model)
    _share_constants(model.graph, weights)
    passes.CommonSubexpressionEliminationPass()(model)


def _share_constants(graph: ir.Graph, weights: set[str]) -> None:
    """Keep equal constants once. Weights stay apart even so: readers know them by their names."""
    kept: dict[object, ir.Value] = {}
    for value in tuple(graph.initializers.values()):
        data = value.const_value
        assert data is not None
        same = kept.setdefault((data.dtype, tuple(data.shape), data.tobytes()), value)
        if same is not value and value.name not in weights:
            value.replace_all_uses_with(same)
            graph.initializers.pop(str(value.name))


def _bare(model: ir.Model, kept: Mapping[str, Tensor] | None = None) -> onnx.ModelProto:
    """Without the exporter's metadata: its name, source files and stack traces.

    What is `kept` is an initializer, by that name.
    """
    graph = ir.to_proto(model).graph
    for name, tensor in (kept or {}).items():
        _keep(graph, name, tensor)
    for node in graph.node:
        node.ClearField("doc_string")
        node.ClearField("metadata_props")
        for attribute in node.attribute:
            attribute.ClearField("doc_string")
    for value in (*graph.input, *graph.output, *graph.initializer):
        value.ClearField("doc_string")
        value.ClearField("metadata_props")
    for name in ("doc_string", "metadata_props", "value_info", "quantization_annotation"):
        graph.ClearField(name)
    graph.name = "frame_graph"
    opsets = [onnx.helper.make_opsetid("", OPSET)]
    bare = onnx.helper.make_model(
        graph,
        ir_version=onnx.helper.find_min_ir_version_for(opsets),
        opset_imports=opsets,
        producer_name="tonecast",
    )
    onnx.checker.check_model(bare)
    return bare


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Suppress PyTorch's own messages: its internal deprecations, optional packages it misses."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
