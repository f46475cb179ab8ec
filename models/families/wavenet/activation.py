"""The activations of `.nam` files, by the objects that a network's shape has for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

_CURVES: dict[str, Callable[[Tensor], Tensor]] = {
    "Tanh": torch.tanh,
    "Hardtanh": lambda x: x.clamp(-1, 1),
    "ReLU": torch.relu,
    "Sigmoid": torch.sigmoid,
    "SiLU": lambda x: x * torch.sigmoid(x),
    "Hardswish": lambda x: x * (x + 3).clamp(0, 6) / 6,
    "Softsign": lambda x: x / (1 + x.abs()),
}


class Activation(nn.Module):
    """A function of one sample of x [batch, channels, n], for example {"type": "Tanh"}."""

    def __init__(self, shape: Mapping[str, Any]) -> None:
        super().__init__()
        self.shape = dict(shape)
        kind = shape["type"]
        if kind == "PReLU":  # a slope for each channel, or one for all
            slopes = torch.tensor(shape["negative_slopes"], dtype=torch.float32)
            self.register_buffer("slopes", slopes[:, None], persistent=False)
        self._curve = _CURVES.get(kind)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        if self._curve is not None:
            return self._curve(x)
        if self.shape["type"] == "LeakyReLU":
            return functional.leaky_relu(x, self.shape["negative_slope"])
        if self.shape["type"] == "PReLU":
            assert isinstance(self.slopes, Tensor)
            return torch.where(x > 0, x, self.slopes.to(x.dtype) * x)
        low, high = self.shape["min_val"], self.shape["max_val"]
        under = low + self.shape["min_slope"] * (x - low)
        over = high + self.shape["max_slope"] * (x - high)
        return torch.where(x < low, under, torch.where(x > high, over, x))
