"""A causal convolution in a stream."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from ..causal import present


class Convolution(nn.Conv1d):
    """Convolves what came before with what comes: tap K − 1 of a kernel meets the newest sample.

    The state is the last `past_samples` of the input, [batch, channels, past_samples].
    """

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        kernel_size: int = 1,
        dilation: int = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__(
            channels_in, channels_out, kernel_size, dilation=dilation, groups=groups, bias=bias
        )
        self.past_samples = (kernel_size - 1) * dilation

    def play(self, x: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """[batch, channels, n] to as many samples, and the next state; `None` without a past."""
        if past is None:
            return self(x), None
        joined = torch.cat([past, x], dim=-1)
        return self(joined), joined[..., -self.past_samples :]

    def in_order(self) -> Iterator[nn.Parameter]:
        """Kernel, then bias."""
        return present(self.weight, self.bias)
