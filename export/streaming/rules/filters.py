"""The filters of tonecast.export.filters: what they have come to is a state."""

from __future__ import annotations

import math
import operator
from typing import Any

import torch
from torch import Tensor, fx

from ...filters.recursion import as_matrix, play, play_by_matrix, play_on
from ..frame_graph import FrameGraph
from ..operators.recurrence import play as play_cells
from ..refusal import Refusal
from ..values import Constant, Control, Moving, Stream, Value
from .pointwise import alike
from .registry import as_stream, rule, whole_shape

_LARGEST_MATRIX = 512  # rows; beyond it doubling is cheaper
_NOT_LAST = "its time axis is not the last one; transpose the sound"


@rule("tonecast.recursion")
def linear(frame: FrameGraph, node: fx.Node, x: Moving, change: Value) -> Stream:
    """Along time it goes on where it was; along another axis it begins anew."""
    stream = as_stream(x)
    if stream.batch_axis != 0 or stream.rank < 3:
        raise Refusal("it takes signals [batch, channels, states, time] alone; reshape the sound")
    # One axis more than the signal: the columns of its matrices.
    batch_from_end, beside = stream.rank + 1, stream.rank - stream.time_axis + 1
    if isinstance(change, Stream):
        if stream.time_axis != stream.rank - 1 or change.time_axis != change.rank - 1:
            raise Refusal(_NOT_LAST)
        if change.rank - change.batch_axis != batch_from_end:
            raise Refusal("its coefficients are of another batch; write them beside its signals")
        later = frame.aligned([stream, change])
        stream, matrix = later[0], later[1].node
    elif isinstance(change, Constant):
        axes = [batch_from_end, *([1] if stream.time_axis == stream.rank - 1 else [beside])]
        matrix = frame.constant(alike(change, *axes).tensor)
    else:
        matrix = change.node
    if stream.time_axis != stream.rank - 1:
        return stream.changed(frame.call(play, stream.node, matrix), whole_shape(node), before=None)
    stream = frame.begun(stream, 0.0)
    length = frame.length(stream)
    if isinstance(change, Constant) and length * stream.shape[-2] <= _LARGEST_MATRIX:
        tensor = alike(change, batch_from_end, 1).tensor
        whole = as_matrix(tensor, length).float()
        out = frame.carried(stream, play_by_matrix, frame.constant(whole))
    else:
        out = frame.carried(stream, play_on, matrix)
    return out.changed(out.node, whole_shape(node), before=0.0 if stream.delay <= 0 else None)


@rule("tonecast.follow")
def envelope(frame: FrameGraph, node: fx.Node, x: Moving, attack: Value, release: Value) -> Any:
    """Cells that rise and cells that fall, and the last level."""
    stream = as_stream(x)
    if isinstance(attack, Stream) or isinstance(release, Stream):
        raise Refusal("its times follow the sound; take fixed ones, or knobs")
    if (stream.batch_axis, stream.time_axis) != (0, stream.rank - 1):
        raise Refusal("it takes signals [batch, channels, time] alone; reshape the sound")
    stream = frame.begun(stream, 0.0)
    steps = [
        one.node if isinstance(one, Control) else frame.constant(alike(one, stream.rank, 1).tensor)
        for one in (attack, release)
    ]
    rows, cells = stream.merged, 4 * math.prod(stream.shape[1:-1])
    state = frame.state(torch.zeros(1, *([rows] if rows > 1 else []), 1, cells))
    now = state.now if rows == 1 else frame.call(torch.flatten, state.now, 0, 1)
    played = frame.call(_follow_on, frame.with_history(stream, 1), now, *steps)
    left = frame.call(operator.getitem, played, 1)
    state.next = left if rows == 1 else frame.call(torch.unflatten, left, 0, (-1, rows))
    out = frame.call(operator.getitem, played, 0)
    return stream.changed(out, whole_shape(node), before=0.0 if stream.delay <= 0 else None)


def _follow_on(x: Tensor, cells: Tensor, attack: Tensor, release: Tensor) -> tuple[Tensor, Tensor]:
    """Play x [batch, …, 1 + n], the last sample first, cells [batch, 1, 4 channels]; return both.

    As a recurrent layer of rectified cells, which backends have. Let d[n] = y[n−1] − x[n], so that
    y = x + (1 − release) max(d, 0) − (1 − attack) max(−d, 0), and d follows from what it was.
    Each cell is there twice: with a weight of 1, and with a coefficient, whose digits 1 would take.
    """
    rows = x.shape[1:-1]
    sound = x.flatten(1, -2).mT  # [batch, 1 + n, channels]
    eye = torch.eye(sound.shape[2])
    up, down = (step.expand(1, *rows, 1).reshape(1, -1) for step in (attack, release))
    falls = torch.cat([eye, -eye * down, -eye, eye * up], 1)
    weights = torch.cat([eye, eye, -eye, -eye]), torch.cat([falls, falls, -falls, -falls])
    ahead = sound[:, :-1] - sound[:, 1:]
    above, after = play_cells(ahead, [cells], weights, "rnn_relu", has_bias=False)
    fall, _, rise, _ = above.chunk(4, -1)
    out = sound[:, 1:] + (fall - down * fall) - (rise - up * rise)
    return out.mT.reshape(x.shape[0], *rows, -1), after
