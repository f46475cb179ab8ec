"""First weights of a filter bank that learns: windowed cosines and sines."""

from __future__ import annotations

import torch
from torch import Tensor


def fourier_filters(phase: Tensor, window: Tensor) -> Tensor:
    """Cosines, then sines [2 · bands, taps], for phases [bands, taps] in radians, in a window.

    `window` is [taps]. Two filters of a band are in quadrature where its phase is zero at the
    middle of the window.
    """
    return torch.cat([window * torch.cos(phase), window * torch.sin(phase)])
