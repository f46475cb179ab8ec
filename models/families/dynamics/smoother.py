"""A smoother with one coefficient for what rises and another for what falls, as a recurrent layer.

A loop over samples is what PyTorch and ONNX Runtime are slowest at, and an effect's graph may hold
none. But the smoother is a recurrent layer of two ReLU cells:

    y[n] = y[n−1] + (rise if x[n] > y[n−1] else fall) · (x[n] − y[n−1])

With c = rise − fall and y = z + c · p these are

    p[n] = ReLU(x[n] − y[n−1])
    z[n] = ReLU(fall · x[n] + (1 − fall) · y[n−1])

whose second ReLU changes nothing where x and y are not negative.
"""

from __future__ import annotations

import torch
from torch import Tensor

OPSET = 20  # of the exported graph, see tonecast.export.to_onnx


def smooth(x: Tensor, state: Tensor, rise: Tensor, fall: Tensor) -> tuple[Tensor, Tensor]:
    """Smooth x [batch, n, k] ≥ 0 from `state` [batch, k] on; return it and the next state.

    `rise` and `fall` [k] are coefficients per sample, 0 to 1. All players round 1 − coefficient to
    float32 first: else a slow smoother of one would settle elsewhere than that of another.
    """
    keep, keep_risen = 1 - fall, 1 - rise
    fall, rise = 1 - keep, 1 - keep_risen
    more = rise - fall
    one = torch.eye(len(rise), dtype=x.dtype)
    of_input = torch.cat([one, one * fall])
    of_hidden = torch.cat(
        [torch.cat([-one * more, -one], dim=1), torch.cat([one * (keep * more), one * keep], dim=1)]
    )
    hidden = torch.cat([0 * state, state], dim=1)
    cells = _relu_cells(x, hidden, of_input, of_hidden)
    above, below = cells.chunk(2, dim=-1)
    y = below + more * above
    return y, y[:, -1]


def smooth_signed(x: Tensor, state: Tensor, coefficient: Tensor) -> tuple[Tensor, Tensor]:
    """The same with one coefficient [1], for x [batch, n, 1] of any sign: a one-pole lowpass."""
    both = torch.cat([coefficient, coefficient])
    halves = torch.cat([torch.relu(x), torch.relu(-x)], dim=-1)
    states = torch.cat([torch.relu(state), torch.relu(-state)], dim=-1)
    y, _ = smooth(halves, states, both, both)
    positive, negative = y.chunk(2, dim=-1)
    y = positive - negative
    return y, y[:, -1]


def _relu_cells(x: Tensor, hidden: Tensor, of_input: Tensor, of_hidden: Tensor) -> Tensor:
    if not torch.onnx.is_in_onnx_export():
        weights = [of_input, of_hidden]
        cells, _ = torch.rnn_relu(x, hidden[None], weights, False, 1, 0.0, False, False, True)
        return cells
    batch, n, size = x.shape[0], x.shape[1], hidden.shape[1]
    cells, _ = torch.onnx.ops.symbolic_multi_out(
        "RNN",
        [x.transpose(0, 1), of_input[None], of_hidden[None], None, None, hidden[None]],
        {"hidden_size": size, "activations": ["Relu"]},
        dtypes=[torch.float32] * 2,
        shapes=[[n, 1, batch, size], [1, batch, size]],
        version=OPSET,
    )
    return cells[:, 0].transpose(0, 1)
