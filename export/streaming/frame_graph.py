"""The graph that plays one frame, while the rules build it: its inputs, constants and states."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.fx.node import map_arg

from .refusal import Refusal
from .values import BATCH, WHOLE_SAMPLES, Complex, Control, Stream, Value

PROBED = 2  # channels with which each operation is tried
_LAST_POSITION = 2**22  # in samples; the position of a stream is counted up to here


class MisfitError(Exception):
    """A frame that the strides of a module do not divide."""

    def __init__(self, fitting_samples: int) -> None:
        super().__init__(f"{fitting_samples} samples would fit better")
        self.fitting_samples = fitting_samples


@dataclass
class State:
    """What a frame leaves to the next one: [channels, …]."""

    name: str
    now: fx.Node
    initial: Tensor  # [1, …]
    next: fx.Node | None = None


@dataclass
class FrameGraph:
    """Frames of `frame_size_samples`; states appear as the rules ask for them."""

    frame_size_samples: int
    controls: Mapping[str, float]
    knob_shape: tuple[int, ...] = (1,)
    channels: int = 1  # of each sound, played together
    has_sidechain: bool = False
    graph: fx.Graph = field(default_factory=fx.Graph)
    root: nn.Module = field(default_factory=nn.Module)
    states: list[State] = field(default_factory=list)
    prewarm_samples: int = 0
    memory_samples: int = 0  # of all that looks back a fixed way, one after the other at most
    forgets_edges: bool = False  # reflects a signal at its ends, which a stream has not

    lengths: set[int] = field(default_factory=set)  # of all time axes in the whole
    constant_nodes: dict[fx.Node, Any] = field(default_factory=dict)  # of the traced graph

    def __post_init__(self) -> None:
        """Add the inputs: the block [rows, n], perhaps a side-chain, and a control each [1, 1].

        Rows are signals of one channel, or the channels that are played together.
        """
        self._position: State | None = None
        self._constants: dict[int, tuple[Tensor, fx.Node]] = {}  # held, so that ids stay unique
        block = self.graph.placeholder("block")
        sidechain = self.graph.placeholder("sidechain") if self.has_sidechain else None
        controls = {name: self.graph.placeholder(f"control_{name}") for name in self.controls}
        self._last_input = list(self.graph.nodes)[-1]
        for name, placeholder in controls.items():
            placeholder.meta["val"] = torch.tensor(self.controls[name])
        self.lengths.add(WHOLE_SAMPLES)
        self.input = self._sound(block)
        self.sidechain = self._sound(sidechain) if sidechain is not None else None
        one = (1, *self.knob_shape) if self.knob_shape else ()
        self.control_values = {
            name: Control(
                self.call(torch.reshape, node, one),
                (BATCH, *self.knob_shape) if self.knob_shape else (),
                0 if self.knob_shape else None,
            )
            for name, node in controls.items()
        }

    def _sound(self, placeholder: fx.Node) -> Stream:
        placeholder.meta["val"] = torch.zeros(PROBED * self.channels, self.frame_size_samples)
        if self.channels == 1:
            node = self.call(torch.unsqueeze, placeholder, 1)
        else:
            size = (-1, self.channels, self.frame_size_samples)
            node = self.call(torch.reshape, placeholder, size)
        shape = (BATCH, self.channels, WHOLE_SAMPLES)
        return Stream(node, shape, 0, 2, Fraction(1), 0, 0.0)

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> fx.Node:
        """Add an operation, and try it: what does not fit is known at its layer."""
        node = self.graph.call_function(function, args, kwargs)
        given = map_arg((node.args, node.kwargs), lambda used: used.meta["val"])
        try:
            node.meta["val"] = function(*given[0], **given[1])
        except Exception as error:
            why = str(error).strip().splitlines()
            raise Refusal(
                f"it does not fit what a frame holds ({why[0] if why else type(error).__name__}); "
                f"say it with fewer changes of shape"
            ) from error
        return node

    def again(self, node: fx.Node, *args: Any, **kwargs: Any) -> fx.Node:
        """Add the operation of a traced node, with other operands."""
        assert callable(node.target)
        return self.call(node.target, *args, **kwargs)

    def constant(self, tensor: Tensor) -> fx.Node:
        """Add a tensor that depends on nothing."""
        if id(tensor) not in self._constants:
            name = f"constant_{len(self._constants)}"
            self.root.register_buffer(name, tensor.detach().contiguous())
            node = self.graph.get_attr(name)
            node.meta["val"] = getattr(self.root, name)
            self._constants[id(tensor)] = tensor, node
        return self._constants[id(tensor)][1]

    def in_double(self, node: fx.Node) -> Tensor:
        """A traced constant, computed from its begin in double precision."""

        def value(used: fx.Node) -> Any:
            if used.op == "placeholder":
                tensor = self.constant_nodes[used].tensor
                return tensor.double() if tensor.is_floating_point() else tensor
            assert callable(used.target)
            options = {
                key: torch.float64 if given == torch.float32 else given
                for key, given in used.kwargs.items()
            }
            return used.target(*map_arg(used.args, value), **map_arg(options, value))

        found = value(node)
        assert isinstance(found, Tensor)
        return found

    def state(self, initial: Tensor, name: str = "") -> State:
        """Add a state; its `next` is to be set. `initial` is [1, …], after a reset."""
        with self.graph.inserting_after(self._last_input):
            node = self.graph.placeholder(f"state_{len(self.states)}")
        node.meta["val"] = initial.expand(PROBED, *initial.shape[1:])
        self._last_input = node
        state = State(name or f"s{len(self.states)}", node, initial)
        self.states.append(state)
        return state

    def node_of(self, value: Value) -> fx.Node:
        """Any value in the frame graph."""
        return value.node if isinstance(value, (Stream, Control)) else self.constant(value.tensor)

    def length(self, stream: Stream) -> int:
        """Elements of a stream in a frame."""
        length = self.frame_size_samples * stream.rate
        if length.denominator != 1:
            raise MisfitError(math.lcm(self.frame_size_samples, stream.rate.denominator))
        return int(length)

    def size(self, stream: Stream) -> tuple[int, ...]:
        """The shape of a stream in the frame graph, -1 where the channels are."""
        size = list(stream.shape)
        size[stream.time_axis] = self.length(stream)
        size[stream.batch_axis] = -1
        return tuple(size)

    def check(self, value: Any) -> None:
        """Refuse a value that in a frame has another shape than its whole says."""
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(one, Complex):
                self.check([one.real, one.imag])
            if not isinstance(one, (Stream, Control)):
                continue
            found = tuple(one.node.meta["val"].shape)
            if isinstance(one, Stream):
                self.lengths.add(one.shape[one.time_axis])
                size = list(self.size(one))
                size[one.batch_axis] = PROBED * one.merged
                if one.batch_axis == one.time_axis:
                    size[one.time_axis] = PROBED * self.length(one)
                fits = found == tuple(size)
            else:
                fits = len(found) == len(one.shape) and all(
                    have in (1, of) for have, of in zip(found, one.shape, strict=True)
                )
            if not fits:
                raise Refusal(
                    "its shape follows from how long the sound is, or how many are in the batch, "
                    "in a way that no frame has; say it with other axes"
                )

    # What looks back.

    def with_history(
        self, stream: Stream, elements: int, first: Tensor | float | None = None
    ) -> fx.Node:
        """The elements of a frame behind as many as given that came before them.

        `first` stands before the first one, in the shape of a state, where the stream's own is not
        to.
        """
        if elements == 0:
            return stream.node
        if stream.batch_axis == stream.time_axis:
            raise Refusal("time and batch are one axis here; keep them apart")
        self._settle(stream)
        self.memory_samples += math.ceil(elements / stream.rate)
        shape = [1, *self._row_shape(stream)]
        shape[-1] = elements
        if first is None:
            first = stream.before or 0.0
        state = self.state(torch.zeros(shape) + first)
        kind = stream.node.meta["val"].dtype
        past = self._from_state(stream, state.now)
        if kind != torch.float32:  # states are
            past = self.call(torch.Tensor.to, past, kind)
        joined = self.call(torch.cat, [past, stream.node], stream.time_axis)
        last = self.call(torch.narrow, joined, stream.time_axis, self.length(stream), elements)
        state.next = self._to_state(stream, last)
        return joined

    def delayed(self, stream: Stream, elements: int) -> Stream:
        """The stream, known that much later."""
        if elements == 0:
            return stream
        joined = self.with_history(stream, elements, self._in_silence(stream))
        node = self.call(torch.narrow, joined, stream.time_axis, 0, self.length(stream))
        return stream.changed(node, stream.shape, delay=stream.delay + elements)

    def _in_silence(self, stream: Stream) -> Tensor | None:
        """What stands before the first element, of which nothing is heard, where nothing is known.

        As in silence: it may be divided by.
        """
        value = stream.node.meta["val"]  # of a frame of silence
        if stream.before is not None or not value.is_floating_point():
            return None
        rows = value.movedim((stream.batch_axis, stream.time_axis), (0, -1))
        if stream.merged > 1:
            rows = rows.unflatten(0, (-1, stream.merged))
        last: Tensor = rows[:1, ..., -1:].float()
        return last if torch.isfinite(last).all() else None

    def carried(self, stream: Stream, join: Callable[..., Any], *further: fx.Node) -> Stream:
        """The stream, each element joined with the last one of the frame before."""
        if stream.batch_axis == stream.time_axis:
            raise Refusal("time and batch are one axis here; keep them apart")
        shape = [1, *self._row_shape(stream)]
        state = self.state(torch.full(shape, stream.before or 0.0))
        node = self.call(join, stream.node, self._from_state(stream, state.now), *further)
        last = self.call(torch.narrow, node, stream.time_axis, self.length(stream) - 1, 1)
        state.next = self._to_state(stream, last)
        return stream.changed(node, stream.shape)

    def aligned(self, streams: Sequence[Stream]) -> list[Stream]:
        """Streams of one rate, all with the delay of the latest."""
        if len({stream.rate for stream in streams}) > 1:
            raise Refusal("it joins signals of different sample rates; resample one of them")
        latest = max(stream.delay for stream in streams)
        return [self.delayed(stream, latest - stream.delay) for stream in streams]

    def begun(self, stream: Stream, fill: float) -> Stream:
        """The stream with `fill` for whatever came before its first element."""
        if stream.before == fill:
            return stream
        if stream.delay < 0:
            self.ask_for_silence(stream)
        elif stream.delay == 0 and not self.prewarm_samples:
            return stream.changed(stream.node, stream.shape, before=fill)  # the states begin so
        begun = self.call(torch.ge, self.since_begin(stream), 0)
        node = self.call(torch.where, begun, stream.node, fill)
        return stream.changed(node, stream.shape, before=fill)

    def since_begin(self, stream: Stream) -> fx.Node:
        """The time of each element of a frame, in samples of input since the first one."""
        shape = [1] * stream.rank
        shape[stream.time_axis] = -1
        index = torch.arange(self.length(stream)) - stream.delay
        # Multiplied first: the first element's time has to be a whole number, without rounding.
        ahead = index.reshape(shape) * stream.rate.denominator / stream.rate.numerator
        position = self.call(torch.reshape, self.position(), [1] * stream.rank)
        return self.call(torch.add, position, self.constant(ahead))

    def position(self) -> fx.Node:
        """How many samples have come before this frame; scalar in [1, 1]."""
        if self._position is None:
            state = self.state(torch.zeros(1, 1), "position")
            ahead = self.call(torch.add, state.now, float(self.frame_size_samples))
            state.next = self.call(torch.clamp, ahead, max=float(_LAST_POSITION))
            self._position = state
        return self.call(torch.narrow, self._position.now, 0, 0, 1)

    def finished(self, out: fx.Node) -> fx.GraphModule:
        """The module: (block, controls, states) → (block played, next states)."""
        nexts = [state.next for state in self.states]
        assert all(node is not None for node in nexts)
        if self._position is not None:
            # Silence is played in whole frames.
            frames = math.ceil(self.prewarm_samples / self.frame_size_samples)
            self._position.initial = torch.full((1, 1), -float(frames * self.frame_size_samples))
        for node in self.graph.nodes:
            node.meta.pop("val", None)
        self.graph.output((out, *nexts))
        return fx.GraphModule(self.root, self.graph)

    def _settle(self, stream: Stream) -> None:
        """Ask for as much silence as makes elements known that no sample has an influence on."""
        if stream.delay < 0 and stream.before is None:
            self.ask_for_silence(stream)

    def ask_for_silence(self, stream: Stream) -> None:
        """As much as elements from the first one on are to be played, if there are such."""
        needed = math.ceil(-stream.delay / stream.rate)
        self.prewarm_samples = max(self.prewarm_samples, needed)

    def _row_shape(self, stream: Stream) -> list[int]:
        """A state's shape without the channels, time last."""
        rest = [
            size
            for axis, size in enumerate(stream.shape)
            if axis not in (stream.batch_axis, stream.time_axis)
        ]
        return [*([stream.merged] if stream.merged > 1 else []), *rest, 1]

    def _to_state(self, stream: Stream, node: fx.Node) -> fx.Node:
        node = self.call(torch.movedim, node, (stream.batch_axis, stream.time_axis), (0, -1))
        if stream.merged > 1:
            node = self.call(torch.unflatten, node, 0, (-1, stream.merged))
        if node.meta["val"].dtype != torch.float32:
            node = self.call(torch.Tensor.to, node, torch.float32)
        return node

    def _from_state(self, stream: Stream, node: fx.Node) -> fx.Node:
        if stream.merged > 1:
            node = self.call(torch.flatten, node, 0, 1)
        return self.call(torch.movedim, node, (0, -1), (stream.batch_axis, stream.time_axis))
