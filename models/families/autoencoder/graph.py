"""CAE and CAFx as graphs that stock ONNX Runtime runs fast: exact rewrites, no approximation.

What each rewrite is for (one thread; `tonecast.benchmarks.speed.model_cost` has the figures):

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

from .cae import CAE, QUIET_GATE
from .cafx import CAFx
from .saaf import LOWEST, SAAF


class CAEGraph(nn.Module):
    """A trained CAE or CAFx as a frame graph: frame [channels, frame_size] in and out.

    Its parameters have the shapes that the operators take, so that the graph holds them under
    their names; the engine's own kernels and `tonecast.models.families.weights` look for those.
    """

    starts: Tensor

    def __init__(self, model: CAE) -> None:
        super().__init__()
        self.size = size = model.size
        self.filters = _weight(model.filters[:, None, None])
        self.filter_bias = _weight(model.filter_bias)
        self.smoothing = _weight(model.smoothing[:, None, None])
        self.smoothing_bias = _weight(model.smoothing_bias)
        self.local = _weight(model.local.weight)
        self.local_bias = _weight(model.local.bias)
        self.shared = _weight(model.shared.weight.T)
        self.shared_bias = _weight(model.shared.bias)
        self.register_buffer("starts", torch.arange(0, size.frame, size.pool))
        self.waveshaping = Waveshaping(model) if isinstance(model, CAFx) else None

    def forward(self, frame: Tensor) -> Tensor:
        """See `CAE.forward` and `CAFx.shape`, line by line."""
        size = self.size
        rows, latent = size.filters, size.latent
        left, right = (size.filter_taps - 1) // 2, size.filter_taps // 2
        x1 = functional.conv2d(
            functional.pad(frame[:, None, None], (left, right)), self.filters, self.filter_bias
        )
        wide = ((size.smoothing_taps - 1) // 2, size.smoothing_taps // 2)
        smooth = functional.conv2d(
            functional.pad(x1.abs(), wide), self.smoothing, self.smoothing_bias, groups=rows
        ).reshape(-1, rows, latent, size.pool)
        place = smooth.argmax(dim=3) + self.starts
        envelope = softplus(smooth.amax(dim=3)) - QUIET_GATE

        by_row = torch.matmul(envelope.transpose(0, 1), self.local).transpose(0, 1)
        hidden = softplus(by_row + self.local_bias) - QUIET_GATE
        gate = softplus(torch.matmul(hidden, self.shared) + self.shared_bias)

        x1 = x1.reshape(-1, rows, size.frame)
        kept = torch.gather(x1, 2, place) * gate
        y = torch.scatter(x1 * 0, 2, place, kept)
        if self.waveshaping is not None:
            y = self.waveshaping(y)
        full = functional.conv_transpose2d(y[:, :, None], self.filters, padding=(0, left))
        return full[:, 0, 0, : size.frame]


class Waveshaping(nn.Module):
    """DNN-SAAF of a CAFx: dense layers across the filters, then their curves."""

    def __init__(self, model: CAFx) -> None:
        super().__init__()
        self.weights = nn.ParameterList(_weight(layer.weight) for layer in model.layers)
        self.biases = nn.ParameterList(_weight(layer.bias[:, None]) for layer in model.layers)
        self.curves = CurveTable(model.curves)

    def forward(self, y: Tensor) -> Tensor:
        """See `CAFx.shape`; [channels, filters, frame_size] in and out."""
        *hidden, last = zip(self.weights, self.biases, strict=True)
        for weight, bias in hidden:
            y = softplus(torch.matmul(weight, y) + bias) - QUIET_GATE
        curved: Tensor = self.curves(torch.matmul(last[0], y) + last[1])
        return curved


class CurveTable(nn.Module):
    """A SAAF with its parabolas computed once."""

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
        self.c0, self.c1, self.c2 = (_weight(c.flatten()) for c in (c0, c1, c2))
        offset = torch.arange(len(value))[:, None] * (curves.pieces + 2)
        self.register_buffer("offset", offset + 1.0)

    def forward(self, x: Tensor) -> Tensor:
        """f(x) [channels, filters, frame_size]."""
        piece = torch.clamp((x - LOWEST) / self.width, -1.0, self.pieces + 0.0)
        index = (torch.floor(piece) + self.offset).to(torch.int64)
        # GatherElements: `table[index]` would become GatherND, three times as slow.
        flat = index.flatten()
        c0, c1, c2 = (c.gather(0, flat).reshape(x.shape) for c in (self.c0, self.c1, self.c2))
        curved: Tensor = c0 + x * (c1 + x * c2)
        return curved


def _weight(values: Tensor) -> nn.Parameter:
    return nn.Parameter(values.detach().clone())


def softplus(x: Tensor) -> Tensor:
    """log(1 + exp(x)), in the form that does not overflow."""
    return functional.relu(x) + torch.log(1 + torch.exp(-x.abs()))
