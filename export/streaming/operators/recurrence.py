"""Recurrent layers as one operator: a trace of a whole signal would spell out every sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

OPSET = 20
KINDS = {"lstm": "LSTM", "gru": "GRU", "rnn_tanh": "RNN", "rnn_relu": "RNN"}
# PyTorch's gates, in the order in which ONNX has them.
_GATES = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2), "rnn_tanh": (0,), "rnn_relu": (0,)}


@torch.library.custom_op("tonecast::recurrence", mutates_args=())
def recurrence(
    x: Tensor,
    hx: list[Tensor],
    weights: list[Tensor],
    kind: str,
    has_bias: bool,
    layers: int,
    bidirectional: bool,
    batch_first: bool,
) -> list[Tensor]:
    """Any of PyTorch's recurrent layers: the sound, then the states that it leaves."""
    rest = (has_bias, layers, 0.0, False, bidirectional, batch_first)
    given = hx if kind == "lstm" else hx[0]
    return [out.clone() for out in getattr(torch, kind)(x, given, weights, *rest)]


@recurrence.register_fake
def _(
    x: Tensor,
    hx: list[Tensor],
    weights: list[Tensor],
    kind: str,
    has_bias: bool,
    layers: int,
    bidirectional: bool,
    batch_first: bool,
) -> list[Tensor]:
    features = hx[0].shape[-1] * (2 if bidirectional else 1)
    return [x.new_empty(*x.shape[:-1], features), *(state.new_empty(state.shape) for state in hx)]


def play(
    x: Tensor, states: Sequence[Tensor], weights: Sequence[Tensor], kind: str, has_bias: bool
) -> tuple[Tensor, ...]:
    """Layers over x [channels, n, in]; states [channels, layers, cells], as those returned."""
    per_layer = 4 if has_bias else 2
    nexts: list[list[Tensor]] = [[] for _ in states]
    for layer in range(len(weights) // per_layer):
        own = weights[layer * per_layer : (layer + 1) * per_layer]
        before = [state[:, layer] for state in states]
        if torch.onnx.is_in_onnx_export():
            x, after = _in_onnx(kind, x, before, own)
        else:
            given = [state[None].contiguous() for state in before]
            x, *left = getattr(torch, kind)(
                x,
                given if kind == "lstm" else given[0],
                list(own),
                has_bias,
                1,
                0.0,
                False,
                False,
                True,
            )
            after = [state[0] for state in left]
        for collected, state in zip(nexts, after, strict=True):
            collected.append(state)
    return (x, *(torch.stack(collected, dim=1) for collected in nexts))


def _in_onnx(
    kind: str, x: Tensor, states: list[Tensor], weights: Sequence[Tensor]
) -> tuple[Tensor, list[Tensor]]:
    cells = states[0].shape[-1]

    def sorted_gates(weight: Tensor) -> Tensor:
        parts = [weight[gate * cells : (gate + 1) * cells] for gate in _GATES[kind]]
        return torch.cat(parts)[None]

    w, r, *biases = (sorted_gates(weight) for weight in weights)
    attributes: dict[str, Any] = {"hidden_size": cells}
    if kind == "gru":
        attributes["linear_before_reset"] = 1
    if kind == "rnn_relu":
        attributes["activations"] = ["Relu"]
    outs = torch.onnx.ops.symbolic_multi_out(
        KINDS[kind],
        [
            x.transpose(0, 1),
            w,
            r,
            torch.cat(biases, dim=1) if biases else None,
            None,
            *(state[None] for state in states),
        ],
        attributes,
        dtypes=[torch.float32] * (1 + len(states)),
        shapes=[
            [x.shape[1], 1, x.shape[0], cells],
            *[[1, x.shape[0], cells]] * len(states),
        ],
        version=OPSET,
    )
    return outs[0][:, 0].transpose(0, 1), [state[0] for state in outs[1:]]
