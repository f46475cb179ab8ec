"""Feature-wise linear modulation by the condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from .convolution import Convolution

PLACES = (
    "conv_pre",
    "conv_post",
    "mixin_pre",
    "mixin_post",
    "activation_pre",
    "activation_post",
    "layer1x1_post",
    "head1x1_post",
)


class Film(Convolution):
    """v · s + t, both by a 1×1 convolution of the condition; no t unless it shifts.

    Perez et al., "FiLM: visual reasoning with a general conditioning layer" (2018).
    """

    def __init__(self, shape: Mapping[str, Any], condition_size: int, channels: int) -> None:
        self.shifts = bool(shape["shift"])
        parts = 2 if self.shifts else 1
        super().__init__(condition_size, parts * channels, groups=shape["groups"])
        self.channels = channels
        assert self.bias is not None
        with torch.no_grad():  # a network begins to learn as if there were none
            self.weight.zero_()
            self.bias.zero_()
            self.bias[:channels] = 1

    def modulate(self, v: Tensor, condition: Tensor) -> Tensor:
        """[batch, channels, n] by a condition [batch, condition_size, n]."""
        made: Tensor = self(condition)
        if not self.shifts:
            return v * made
        return v * made[:, : self.channels] + made[:, self.channels :]
