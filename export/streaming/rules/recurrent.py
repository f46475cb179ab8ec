"""LSTM, GRU and plain recurrent layers: their states pass from frame to frame."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, fx

from ..frame_graph import FrameGraph
from ..operators.recurrence import play
from ..refusal import Refusal
from ..values import Constant, Stream, Value
from .registry import as_stream, rule

_WAY_OUT = "give it to the layer at the begin of a signal as a fixed one, or leave it out"


@rule("tonecast.recurrence", "lstm", "gru", "rnn_tanh", "rnn_relu")
def recurrent(
    frame: FrameGraph,
    node: fx.Node,
    x: Value,
    hx: Sequence[Value],
    weights: Sequence[Value],
    kind: str,
    has_bias: bool,
    layers: int,
    bidirectional: bool,
    batch_first: bool,
) -> list[Value | None]:
    """What stands before the first element is the state that the module gives it."""
    stream = as_stream(x)
    if stream.batch_axis == stream.time_axis == (0 if batch_first else 1):
        rest = (kind, has_bias, layers, bidirectional, batch_first)
        return _within_blocks(frame, node, stream, hx, weights, *rest)
    if bidirectional:
        raise Refusal(
            "it also runs from the end of the signal to its begin, and a stream has no end; make "
            "it a layer of one direction"
        )
    if len(weights) != layers * (4 if has_bias else 2):
        raise Refusal("its cells are projected to fewer (proj_size); use a Linear behind it")
    if stream.rank != 3 or {stream.batch_axis, stream.time_axis} != {0, 1}:
        raise Refusal("its time axis is none of its first two; transpose the sound")
    if (stream.time_axis == 1) != batch_first:
        raise Refusal("it takes the batch for time; set batch_first, or transpose the sound")
    initials, constants = _fixed(frame, hx, weights)
    stream, begins = _on_frames(frame, stream, initials)
    rows = stream.merged
    states = [
        frame.state(
            initial.transpose(0, 1)
            if rows == 1
            else initial.transpose(0, 1)[None].expand(1, rows, -1, -1)
        )
        for initial in initials
    ]
    now = [
        state.now if rows == 1 else frame.call(torch.flatten, state.now, 0, 1) for state in states
    ]
    if begins is not None:
        now = [
            frame.call(
                torch.where, begins, one, frame.constant(initial.transpose(0, 1).contiguous())
            )
            for one, initial in zip(now, initials, strict=True)
        ]
    sound = stream.node if batch_first else frame.call(torch.transpose, stream.node, 0, 1)
    out = frame.call(play, sound, now, constants, kind, has_bias)
    for i, state in enumerate(states):
        left = frame.call(operator.getitem, out, 1 + i)
        state.next = left if rows == 1 else frame.call(torch.unflatten, left, 0, (-1, rows))
    played = frame.call(operator.getitem, out, 0)
    if not batch_first:
        played = frame.call(torch.transpose, played, 0, 1)
    shape = tuple(int(size) for size in node.meta["val"][0].shape)
    return [stream.changed(played, shape, before=None), *[None] * len(hx)]


def _on_frames(
    frame: FrameGraph, stream: Any, initials: Sequence[Tensor]
) -> tuple[Any, fx.Node | None]:
    """The stream such that its first element is the first of a frame, and whether it has come."""
    if stream.delay == 0 and not frame.prewarm_samples:
        return stream, None
    length = frame.length(stream)
    stream = frame.delayed(stream, -stream.delay % length)
    if stream.delay < 0:  # cells move on whatever stands before a signal, silence too
        frame.ask_for_silence(stream)
    ahead = float(stream.delay / stream.rate)
    return stream, frame.call(torch.gt, frame.position(), ahead)


def _within_blocks(
    frame: FrameGraph,
    node: fx.Node,
    x: Stream,
    hx: Sequence[Value],
    weights: Sequence[Value],
    kind: str,
    has_bias: bool,
    layers: int,
    bidirectional: bool,
    batch_first: bool,
) -> list[Value | None]:
    """Layers over the axis behind the one that batch and time share, in one or both directions."""
    ways, per_layer = 1 + bidirectional, 4 if has_bias else 2
    if len(weights) != layers * ways * per_layer:
        raise Refusal("its cells are projected to fewer (proj_size); use a Linear behind it")
    initials, constants = _fixed(frame, hx, weights)
    sound = x.node if batch_first else frame.call(torch.transpose, x.node, 0, 1)
    silence = frame.call(torch.narrow, frame.call(torch.narrow, sound, 1, 0, 1), 2, 0, 1)
    silence = frame.call(torch.mul, silence, 0.0)
    for layer in range(layers):
        played = []
        for way in range(ways):
            at = layer * ways + way
            states = [
                frame.call(torch.add, silence, frame.constant(one[at][None].contiguous()))
                for one in initials
            ]
            own = constants[at * per_layer : (at + 1) * per_layer]
            given = frame.call(torch.flip, sound, [1]) if way else sound
            out = frame.call(
                operator.getitem, frame.call(play, given, states, own, kind, has_bias), 0
            )
            played.append(frame.call(torch.flip, out, [1]) if way else out)
        sound = frame.call(torch.cat, played, 2) if bidirectional else played[0]
    if not batch_first:
        sound = frame.call(torch.transpose, sound, 0, 1)
    shape = tuple(int(size) for size in node.meta["val"][0].shape)
    return [x.changed(sound, shape, before=None), *[None] * len(hx)]


def _fixed(
    frame: FrameGraph, hx: Sequence[Value], weights: Sequence[Value]
) -> tuple[list[Tensor], list[fx.Node]]:
    """The first states, [layers, 1, cells], and the weights, none of which may follow an input."""
    if not all(isinstance(one, Constant) for one in (*hx, *weights)):
        raise Refusal(f"its first state follows the sound or a knob; {_WAY_OUT}")
    initials = [_same_for_all(one.tensor) for one in hx if isinstance(one, Constant)]
    return initials, [frame.constant(one.tensor) for one in weights if isinstance(one, Constant)]


def _same_for_all(state: Tensor) -> Tensor:
    """[layers, 1, cells] of [layers, batch, cells]."""
    first = state[:, :1]
    if not torch.equal(first.expand_as(state), state):
        raise Refusal(f"its first state differs among the signals of a batch; {_WAY_OUT}")
    return first
