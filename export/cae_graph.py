"""CAE and CAFx as graphs that stock ONNX Runtime runs fast: exact rewrites, no approximation.

What each rewrite is for (one thread; `tonecast.benchmarks.model_cost` has the figures):

- convolutions as 2-D ones of height 1: ONNX Runtime's blocked-channel kernels apply;
- softplus as relu(x) + log(1 + exp(−|x|)): vectorised, where its own Softplus is scalar;
- pooling by comparison within rows, unpooling by gather and scatter: no operator whose output size
  is data;
- a SAAF looks its parabolas up in one flat table.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..models.cae import CAE, QUIET_GATE
from ..models.cafx import CAFx
from ..models.saaf import LOWEST, SAAF


class CAEGraph(nn.Module):
    """A trained CAE or CAFx as a frame graph: frame [channels, frame_size] in and out."""

    starts: Tensor

    def __init__(self, model: CAE) -> None:
        super().__init__()
        self.model = model
        self.size = size = model.size
        self.register_buffer("starts", torch.arange(0, size.frame, size.pool))
        self.curves = CurveTable(model.curves) if isinstance(model, CAFx) else None

    def forward(self, frame: Tensor) -> Tensor:
        """See `CAE.forward` and `CAFx.forward`, line by line."""
        model, size = self.model, self.size
        rows, latent = size.filters, size.latent
        left, right = (size.filter_taps - 1) // 2, size.filter_taps // 2
        filters = model.filters[:, None, None]
        x1 = functional.conv2d(
            functional.pad(frame[:, None, None], (left, right)), filters, model.filter_bias
        )
        wide = ((size.smoothing_taps - 1) // 2, size.smoothing_taps // 2)
        smooth = functional.conv2d(
            functional.pad(x1.abs(), wide),
            model.smoothing[:, None, None],
            model.smoothing_bias,
            groups=rows,
        ).reshape(-1, rows, latent, size.pool)
        place = smooth.argmax(dim=3) + self.starts
        envelope = softplus(smooth.amax(dim=3)) - QUIET_GATE

        by_row = torch.matmul(envelope.transpose(0, 1), model.local.weight).transpose(0, 1)
        hidden = softplus(by_row + model.local.bias) - QUIET_GATE
        gate = softplus(functional.linear(hidden, model.shared.weight, model.shared.bias))

        x1 = x1.reshape(-1, rows, size.frame)
        kept = torch.gather(x1, 2, place) * gate
        y = torch.scatter(x1 * 0, 2, place, kept)
        if self.curves is not None:
            y = self.curves(self.dense(y))
        full = functional.conv_transpose1d(y, model.filters[:, None], padding=left)
        return full[:, 0, : size.frame]

    def dense(self, y: Tensor) -> Tensor:
        """The dense layers of DNN-SAAF."""
        assert isinstance(self.model, CAFx)
        *hidden, last = self.model.layers
        for layer in hidden:
            y = softplus(torch.matmul(layer.weight, y) + layer.bias[:, None]) - QUIET_GATE
        return torch.matmul(last.weight, y) + last.bias[:, None]


class CurveTable(nn.Module):
    """A SAAF with its parabolas computed once."""

    parabolas: Tensor
    offset: Tensor

    def __init__(self, curves: SAAF) -> None:
        super().__init__()
        self.pieces, self.width = curves.pieces, curves.width
        value, slope, half_curvature = (table.detach() for table in curves.parabolas())
        # Around zero instead of each piece's start: one subtraction less for each sample.
        below = torch.arange(-1, curves.pieces + 1).clamp(min=0).to(value.dtype)
        start = LOWEST + curves.width * below
        c2 = half_curvature
        c1 = slope - 2 * c2 * start
        c0 = value - start * (slope - c2 * start)
        self.register_buffer("parabolas", torch.stack([c0, c1, c2]).flatten(1))
        offset = torch.arange(len(value))[:, None] * (curves.pieces + 2)
        self.register_buffer("offset", offset + 1.0)

    def forward(self, x: Tensor) -> Tensor:
        """f(x) [channels, filters, frame_size]."""
        piece = torch.clamp((x - LOWEST) / self.width, -1.0, self.pieces + 0.0)
        index = (torch.floor(piece) + self.offset).to(torch.int64)
        # GatherElements: `table[index]` would become GatherND, three times as slow.
        flat = index.flatten()
        c0, c1, c2 = (table.gather(0, flat).reshape(x.shape) for table in self.parabolas)
        curved: Tensor = c0 + x * (c1 + x * c2)
        return curved


def softplus(x: Tensor) -> Tensor:
    """log(1 + exp(x)), in the form that does not overflow."""
    return functional.relu(x) + torch.log(1 + torch.exp(-x.abs()))
