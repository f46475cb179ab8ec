"""A filter of the second order, as a state-variable filter: it stays right when it is turned."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import torch
from torch import Tensor, nn

from ...plugin_core.errors import Error
from .coefficients import as_signal, warped
from .recursion import recursion

Kind: TypeAlias = Literal[
    "lowpass", "highpass", "bandpass", "notch", "peak", "low_shelf", "high_shelf"
]


class Biquad(nn.Module):
    """A lowpass, highpass, bandpass, notch, peak or shelf, as in Bristow-Johnson's cookbook.

    Frequency and quality are learned in the logarithm, the gain of peaks and shelves in decibels.
    `forward` takes others instead: numbers, knobs [batch, 1], or one for each sample, [batch,
    channels or 1, time]. Two states s' = s + A s + B x by the trapezoidal rule, y = C s + D x.
    Source: Simper (2013), "Linear trapezoidal integrated state variable filter". Raise
    tonecast.Error for another kind.
    """

    def __init__(
        self,
        kind: Kind,
        frequency_hz: float,
        q: float = 0.5**0.5,
        gain_db: float = 0.0,
        sample_rate_hz: float = 48_000,
    ) -> None:
        super().__init__()
        if kind not in get_args(Kind):
            raise Error(f"there is no filter '{kind}'; take {', '.join(get_args(Kind))}")
        self.kind = kind
        self.log_frequency = nn.Parameter(torch.tensor(float(frequency_hz)).log())
        self.log_q = nn.Parameter(torch.tensor(float(q)).log())
        self.gain_db = nn.Parameter(torch.tensor(float(gain_db)))
        self.sample_rate_hz = sample_rate_hz

    def forward(
        self,
        x: Tensor,
        frequency_hz: Tensor | float | None = None,
        q: Tensor | float | None = None,
        gain_db: Tensor | float | None = None,
    ) -> Tensor:
        """[batch, channels, time] to the same."""
        frequency = self.log_frequency.exp() if frequency_hz is None else frequency_hz
        g = as_signal(warped(frequency, self.sample_rate_hz))
        damping = 1 / as_signal(self.log_q.exp() if q is None else q)
        root = 10 ** (as_signal(self.gain_db if gain_db is None else gain_db) / 40)
        g, damping, (low, band, through) = self._mixed(g, damping, root)
        share = 1 / (1 + g * (g + damping))
        # From (band, low) before a sample to those after it, twice of the way to those between.
        to_band, from_low = g * share, -g * share
        rows = [
            [-2 * g * (g + damping) * share, 2 * from_low],
            [2 * to_band, -2 * g * g * share],
        ]
        shape = (g + damping).shape
        columns = [torch.stack([one.expand(shape) for one in row], -2) for row in rows]
        change = torch.stack(columns, -3)
        into = torch.stack([2 * to_band * x, 2 * g * to_band * x], -2)
        states = recursion(into, change)
        band_before, low_before = nn.functional.pad(states[..., :-1], (1, 0)).unbind(-2)
        at_band = share * band_before + to_band * (x - low_before)
        at_low = low_before + g * at_band
        return through * x + band * at_band + low * at_low

    def _mixed(
        self, g: Tensor, damping: Tensor, root: Tensor
    ) -> tuple[Tensor, Tensor, tuple[Tensor | float, Tensor | float, Tensor | float]]:
        """g, damping, and how much of low, band and the sound itself is heard."""
        power = root * root
        if self.kind == "lowpass":
            return g, damping, (1.0, 0.0, 0.0)
        if self.kind == "highpass":
            return g, damping, (-1.0, -damping, 1.0)
        if self.kind == "bandpass":
            return g, damping, (0.0, damping, 0.0)
        if self.kind == "notch":
            return g, damping, (0.0, -damping, 1.0)
        if self.kind == "peak":
            return g, damping / root, (0.0, damping / root * (power - 1), 1.0)
        if self.kind == "low_shelf":
            return g / root.sqrt(), damping, (power - 1, damping * (root - 1), 1.0)
        mix = (1 - power, damping * (1 - root) * root, power)
        return g * root.sqrt(), damping, mix
