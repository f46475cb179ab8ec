"""From the operators on a whole signal to those on a frame, each by its rule."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx

from ...plugin_core.errors import Error
from .frame_graph import FrameGraph, MisfitError
from .refusal import Refusal, located
from .rules import find_rule
from .rules.spectral.long_convolution import Spectrum
from .trace import Trace, quiet
from .values import BATCH, WHOLE_SAMPLES, Complex, Constant, Control, Stream, Value


class StereoOfMono(Error):  # noqa: N818 - what it is, and perhaps no error
    """A module that returns two channels for one."""


@dataclass(frozen=True)
class Converted:
    """A frame module: (block [rows, n], controls [], states) → (block played, next states).

    With a side-chain, that is its second argument, like the block. Rows are the `channels` that the
    module plays together; of a module with one, each row is played by itself.


    What it plays at sample i belongs to the whole's sample i − `delay_samples`.
    """

    module: fx.GraphModule
    initial_states: Mapping[str, Tensor]  # [1, …]
    frame_size_samples: int
    prewarm_samples: int
    delay_samples: int
    memory_samples: int
    forgets_edges: bool
    channels: int = 1
    has_sidechain: bool = False


def frame_quantum(traced: Trace, knobs: Mapping[str, float]) -> int:
    """Of how many samples a frame must be a multiple. Raise tonecast.Error as `convert` does."""
    quantum = 1
    while True:
        try:
            _walk(traced, knobs, quantum)
        except MisfitError as misfit:
            quantum = misfit.fitting_samples
        else:
            return quantum


def convert(traced: Trace, knobs: Mapping[str, float], frame_size_samples: int) -> Converted:
    """Rewrite what plays a whole signal for frames of that size.

    Raise tonecast.Error for an operator that needs more of the signal than any delay could give,
    or that there is no rule for: with the layer, and the line that asks for it.
    """
    return convert_step_by_step(traced, knobs, frame_size_samples)[0]


def convert_step_by_step(
    traced: Trace, knobs: Mapping[str, float], frame_size_samples: int
) -> tuple[Converted, Mapping[fx.Node, Any]]:
    """The same, and what became of each traced node, with the nodes of the frame module."""
    frame, _, _ = _walk(traced, knobs, frame_size_samples)
    # Whether silence has to come first is known at the end, and changes what comes before.
    frame, out, values = _walk(traced, knobs, frame_size_samples, frame.prewarm_samples)
    node = frame.call(torch.reshape, out.node, (-1, frame_size_samples))
    module = frame.finished(node)
    converted = Converted(
        module,
        {state.name: state.initial for state in frame.states},
        frame_size_samples,
        frame.prewarm_samples,
        out.delay,
        frame.memory_samples,
        frame.forgets_edges,
        frame.channels,
        frame.has_sidechain,
    )
    return converted, values


def _walk(
    traced: Trace, knobs: Mapping[str, float], frame_size_samples: int, prewarm_samples: int = 0
) -> tuple[FrameGraph, Stream, Mapping[fx.Node, Any]]:
    shape = traced.knob_shape
    frame = FrameGraph(
        frame_size_samples,
        knobs,
        shape,
        traced.channels,
        traced.sidechain is not None,
        prewarm_samples=prewarm_samples,
    )
    values: dict[fx.Node, Any] = {}
    with quiet(), torch.no_grad():
        for node in traced.graph.nodes:
            if node.op == "placeholder":
                values[node] = _input(node, traced, frame)
            elif node.op == "call_function":
                values[node] = _apply(node, values, frame)
            if isinstance(values.get(node), Constant):
                frame.constant_nodes[node] = values[node]
            elif node.op == "output":
                return frame, _output(node, values, frame), values
    raise Error("the module returns nothing")


def _input(node: fx.Node, traced: Trace, frame: FrameGraph) -> Value:
    if node.name in traced.tensors:
        return Constant(traced.tensors[node.name].detach())
    if node.name in traced.controls:
        return frame.control_values[traced.controls[node.name]]
    if node.name == traced.sidechain:
        assert frame.sidechain is not None
        return frame.sidechain
    return frame.input


def _apply(node: fx.Node, values: Mapping[fx.Node, Any], frame: FrameGraph) -> Any:
    args = fx.node.map_arg(node.args, lambda used: values[used])
    kwargs = fx.node.map_arg(node.kwargs, lambda used: values[used])
    if node.target is operator.getitem:
        parts: Any = args
        part = parts[0][parts[1]]
        if part is None and node.users:
            raise located(node, "it uses what a layer leaves at the end, and a stream has no end")
        return part
    try:
        if _is_random(node):
            raise Refusal("it is random, so that no two renders would be alike; leave it out")
        if not _depends_on_input((args, kwargs)):
            return _evaluated(node, args, kwargs)
        value = find_rule(node)(frame, node, *args, **kwargs)
        frame.check(value)
        return value
    except Refusal as refusal:
        raise located(node, str(refusal)) from None


def _is_random(node: fx.Node) -> bool:
    if "scaled_dot_product_attention" in str(node.target):  # with dropout alone
        dropout = node.args[4] if len(node.args) > 4 else node.kwargs.get("dropout_p", 0.0)
        return bool(dropout != 0.0)
    return torch.Tag.nondeterministic_seeded in getattr(node.target, "tags", ())


def _depends_on_input(values: Any) -> bool:
    if isinstance(values, (list, tuple)):
        return any(map(_depends_on_input, values))
    if isinstance(values, dict):
        return any(map(_depends_on_input, values.values()))
    return isinstance(values, (Control, Stream, Complex, Spectrum))


def _evaluated(node: fx.Node, args: Any, kwargs: Any) -> Any:
    """What depends on no input is computed now."""

    def tensor(value: Any) -> Any:
        if isinstance(value, Constant):
            return value.tensor
        if isinstance(value, (list, tuple)):
            return type(value)(map(tensor, value))
        return value

    def constant(value: Any) -> Any:
        if isinstance(value, Tensor):
            return Constant(value)
        return type(value)(map(constant, value)) if isinstance(value, (list, tuple)) else value

    assert callable(node.target)
    out = node.target(*tensor(list(args)), **{key: tensor(v) for key, v in kwargs.items()})
    return constant(out)


def _output(node: fx.Node, values: Mapping[fx.Node, Any], frame: FrameGraph) -> Stream:
    outs = fx.node.map_arg(node.args[0], lambda used: values[used])
    outs = list(outs) if isinstance(outs, (list, tuple)) else [outs]
    if len(outs) != 1:
        raise Error(f"forward() returns {len(outs)} tensors; return the sound alone")
    (out,) = outs
    if isinstance(out, Complex):
        raise Error("forward() returns complex numbers; return the sound, by torch.istft or .real")
    if not isinstance(out, Stream):
        raise Error("what forward() returns does not depend on the sound; return the sound")
    if out.rank != 3 or (out.batch_axis, out.time_axis) != (0, 2):
        raise Error(
            f"forward() maps [{BATCH}, {frame.channels}, {WHOLE_SAMPLES}] to {list(out.shape)}; "
            f"return the sound as it is given: [batch, channels, time]"
        )
    if out.rate != 1:
        raise Error(
            f"forward() returns a sound of {out.rate} of the rate of the one that it is given; "
            f"return as many samples for each one"
        )
    if out.shape[2] != WHOLE_SAMPLES:
        raise Error(
            f"forward() returns {out.shape[2]} samples for {WHOLE_SAMPLES}; return as much as is "
            f"given: pad on the left what is to have no latency"
        )
    if out.shape[1] != frame.channels:
        kind = StereoOfMono if (frame.channels, out.shape[1]) == (1, 2) else Error
        raise kind(
            f"forward() returns {out.shape[1]} channels for {frame.channels}; return as many as "
            f"are given, or two for one, and say with channels= how many the module plays "
            f"together: by default each channel of a sound is played by itself"
        )
    if out.node.meta["val"].dtype != torch.float32:
        kind = str(out.node.meta["val"].dtype).removeprefix("torch.")
        raise Error(f"forward() returns {kind}; return the sound as it is given, by .float()")
    return frame.delayed(out, -out.delay) if out.delay < 0 else out
