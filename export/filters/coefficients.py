"""From times and frequencies to coefficients, in operations that keep the digits of small ones."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def as_signal(value: Tensor | float) -> Tensor:
    """A number, a knob [batch, 1] or a signal [batch, channels, time], beside signals."""
    tensor = torch.as_tensor(value, dtype=torch.float32)
    if tensor.dim() == 0:
        return tensor.reshape(1, 1, 1)
    return tensor[:, :, None] if tensor.dim() == 2 else tensor


def approach(time_s: Tensor | float, sample_rate_hz: float) -> Tensor:
    """1 − e^(−1 / (time · rate)): the share of its way that a one-pole goes in a sample.

    By tanh, of which small values are as exact as large ones.
    """
    half = torch.tanh(-0.5 / (torch.as_tensor(time_s, dtype=torch.float32) * sample_rate_hz))
    return -2 * half / (1 - half)


def warped(frequency_hz: Tensor | float, sample_rate_hz: float) -> Tensor:
    """tan(π f / rate), by which the bilinear transform keeps a frequency where it is."""
    frequency = torch.as_tensor(frequency_hz, dtype=torch.float32)
    angle = frequency.clamp(max=0.49 * sample_rate_hz) * (math.pi / sample_rate_hz)
    return torch.tan(angle)
