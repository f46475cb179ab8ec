"""Which layer it is, where a stream is not the whole: the first one that gives something else.

Each traced operator is played on a whole sound, and what the conversion made of it in frames; and
once more on a longer sound, for what depends on the length. Of every value only a mixture of its
channels is kept, by weights of chance: so much suffices to tell two of them apart.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

from ...plugin_core.samples import Samples
from .convert import Converted, convert_step_by_step
from .frame_module import FrameModule
from .trace import Trace, quiet, trace
from .values import BATCH, WHOLE_SAMPLES, Complex, Stream

_TOLERANCE = 1e-4  # of a value's largest element
_LONGER_SAMPLES = 2 * WHOLE_SAMPLES
_SURE = 0.75  # of a sound: what looks ahead hears its end before
_KEEPS_LENGTH = "it gives something else for a longer sound; take no number from its length"
_BY_FRAMES = (
    "it is played by frames otherwise than at once, which is a fault of the conversion; say it "
    "with other operators, or export a module with states of its own (docs/add-an-effect.md), and "
    "please report it"
)


@dataclass(frozen=True)
class Case:
    """What was played when the difference was found."""

    sounds: Samples  # [sounds, channels, samples], as many samples as were traced or fewer
    controls: Mapping[str, float]
    begin: int  # of what is compared, in samples
    first: int  # where the outputs differ


def different_layer(
    module: nn.Module, traced: Trace, case: Case, frame_size_samples: int
) -> tuple[fx.Node, str] | None:
    """The first operator in whose stream there is something else, and the way out.

    `None` where none is found: the difference came later than a traced sound lasts.
    """
    with quiet(), torch.no_grad():
        converted, values = convert_step_by_step(traced, case.controls, frame_size_samples)
        streams = {node: parts for node, value in values.items() if (parts := _streams(value))}
        node = _first_by_frames(traced, case, converted, streams)
        if node is not None:
            return _with_place(node), _BY_FRAMES
        node = _first_by_length(module, traced, case, streams)
        return None if node is None else (_with_place(node), _KEEPS_LENGTH)


class _Listener(fx.Interpreter):
    """Plays a graph and hands on each value."""

    def __init__(self, module: fx.GraphModule, hear: Callable[[fx.Node, Any], None]) -> None:
        super().__init__(module)
        self._hear = hear

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        self._hear(n, value)
        return value


def _first_by_frames(
    traced: Trace, case: Case, converted: Converted, streams: Mapping[fx.Node, list[Stream]]
) -> fx.Node | None:
    size = converted.frame_size_samples
    frames = math.ceil((case.first + converted.delay_samples + 1) / size)
    frames = min(frames, WHOLE_SAMPLES // size)
    heard: dict[str, list[Tensor]] = {p.node.name: [] for ps in streams.values() for p in ps}
    by_name = {part.node.name: part for parts in streams.values() for part in parts}

    def keep(node: fx.Node, value: Any) -> None:
        if node.name in heard:
            heard[node.name].append(_mixture(value, by_name[node.name]))

    module = FrameModule(converted, case.controls)
    states = module.rested_states(traced.channels)
    player = _Listener(converted.module, keep)
    controls = [torch.tensor(value) for value in case.controls.values()]
    sounds = _lasting(case.sounds, WHOLE_SAMPLES)
    for begin in range(0, frames * size, size):
        blocks = [sound[:, begin : begin + size] for sound in sounds]
        _, *states = player.run(*blocks, *controls, *states)

    found: list[fx.Node] = []

    def compare(node: fx.Node, value: Any) -> None:
        wholes = [value] if isinstance(value, Tensor) else []
        if isinstance(value, Tensor) and value.is_complex():
            wholes = [value.real, value.imag]
        for whole, part in zip(wholes, streams.get(node, ()), strict=False):
            streamed = torch.cat(heard[part.node.name])
            known = min(len(streamed) - part.delay, int(_SURE * whole.shape[part.time_axis]))
            first = max(0, -part.delay, math.ceil(case.begin * part.rate))
            if known > first and not found:
                mixed = _mixture(whole, part)[first:known]
                if _differ(mixed, streamed[first + part.delay : known + part.delay]):
                    found.append(node)

    _play_whole(traced, sounds, case.controls, compare)
    return found[0] if found else None


def _first_by_length(
    module: nn.Module, traced: Trace, case: Case, streams: Mapping[fx.Node, list[Stream]]
) -> fx.Node | None:
    longer = trace(
        module, case.controls, traced.knob_shape, traced.channels, samples=_LONGER_SAMPLES
    )
    mates = dict(zip(longer.graph.nodes, traced.graph.nodes, strict=False))
    if any(a.op != b.op or a.target != b.target for a, b in mates.items() if a.op[:4] == "call"):
        return None  # other operators for another length
    wholes: dict[fx.Node, Tensor] = {}
    found: list[fx.Node] = []

    def keep(node: fx.Node, value: Any) -> None:
        if isinstance(value, Tensor) and node in streams:
            wholes[node] = _mixture(value, streams[node][0])

    def compare(node: fx.Node, value: Any) -> None:
        mate = mates.get(node)
        if found or mate not in wholes:
            return
        count = int(_SURE * len(wholes[mate]))
        if _differ(wholes[mate][:count], _mixture(value, streams[mate][0])[:count]):
            found.append(mate)

    sounds = _lasting(case.sounds, _LONGER_SAMPLES)
    _play_whole(traced, [sound[:, :WHOLE_SAMPLES] for sound in sounds], case.controls, keep)
    _play_whole(longer, sounds, case.controls, compare)
    return found[0] if found else None


def _play_whole(
    traced: Trace,
    sounds: list[Tensor],
    controls: Mapping[str, float],
    hear: Callable[[fx.Node, Any], None],
) -> None:
    """The traced graph on sounds [channels, samples], all signals of the batch alike."""
    block, *sidechain = [sound.expand(BATCH, *sound.shape) for sound in sounds]
    inputs: list[Any] = []
    for node in traced.graph.nodes:
        if node.op != "placeholder":
            continue
        if node.name in traced.tensors:
            inputs.append(traced.tensors[node.name])
        elif node.name in traced.controls:
            value = float(controls[traced.controls[node.name]])
            size = (BATCH, *traced.knob_shape) if traced.knob_shape else ()
            inputs.append(torch.full(size, value))
        else:
            inputs.append(sidechain[0] if node.name == traced.sidechain else block)
    _Listener(fx.GraphModule(nn.Module(), traced.graph), hear).run(*inputs)


def _streams(value: Any) -> list[Stream]:
    """Those that have a time axis of their own."""
    parts = [value.real, value.imag] if isinstance(value, Complex) else [value]
    return [p for p in parts if isinstance(p, Stream) and p.batch_axis != p.time_axis]


def _mixture(value: Tensor, stream: Stream) -> Tensor:
    """One number for each element of the first signal: [time]."""
    real = (value.real if value.is_complex() else value).double()
    rows = real.movedim((stream.batch_axis, stream.time_axis), (0, 1))[: stream.merged]
    flat = rows.movedim(1, 0).reshape(rows.shape[1], -1)
    return flat @ _weights(flat.shape[1])


@functools.cache
def _weights(count: int) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return 0.5 + torch.rand(count, generator=generator, dtype=torch.float64)


def _differ(a: Tensor, b: Tensor) -> bool:
    count = min(len(a), len(b))
    if not count:
        return False
    difference = (a[:count] - b[:count]).abs().max()
    return not bool(difference <= _TOLERANCE * a[:count].abs().max() + 1e-9)


def _lasting(sounds: Samples, samples: int) -> list[Tensor]:
    """[channels, samples] of each, what is missing as silence."""
    whole = torch.zeros(*sounds.shape[:2], samples)
    count = min(samples, sounds.shape[2])
    whole[..., :count] = torch.from_numpy(sounds[..., :count])
    return list(whole)


def _with_place(node: fx.Node) -> fx.Node:
    """A part of what an operator gives has none of its own."""
    inner = node.args[0] if node.target is operator.getitem else node
    return inner if isinstance(inner, fx.Node) and inner.meta.get("stack_trace") else node
