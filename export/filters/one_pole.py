"""A filter of the first order."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .coefficients import as_signal, warped
from .recursion import recursion


class OnePole(nn.Module):
    """A lowpass of 6 dB an octave by the bilinear transform; x − OnePole(x) is the highpass.

    The frequency is learned in the logarithm; `forward` takes another one instead: a number, a knob
    [batch, 1], or one for each sample, [batch, channels or 1, time], in hertz. Source: Zavalishin
    (2018), "The art of VA filter design", chapter 3.
    """

    def __init__(self, cutoff_hz: float, sample_rate_hz: float = 48_000) -> None:
        super().__init__()
        self.log_cutoff = nn.Parameter(torch.tensor(float(cutoff_hz)).log())
        self.sample_rate_hz = sample_rate_hz

    def forward(self, x: Tensor, cutoff_hz: Tensor | float | None = None) -> Tensor:
        """[batch, channels, time] to the same."""
        cutoff = self.log_cutoff.exp() if cutoff_hz is None else cutoff_hz
        g = as_signal(warped(cutoff, self.sample_rate_hz))
        share = g / (1 + g)
        # The state after a sample: s' = s + 2 v, the output between: y = v + s.
        change, into = -2 * share, 2 * share * x
        state = recursion(into[..., None, :], change[..., None, None, :])[..., 0, :]
        before = nn.functional.pad(state[..., :-1], (1, 0))
        return share * (x - before) + before
