"""Convolution along time through the FFT, with a backward pass of its own.

A depthwise convolution does too little with each sample it loads to be fast on a CPU, forward or
backward, and autograd's derivative of a real FFT is a complex one of full length. Both passes here
are products of half spectra, and the weights' gradient is summed over the batch before its only
inverse transform. `tonecast.benchmarks.speed.training_speed` has the figures.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def correlate_same(signal: Tensor, kernels: Tensor) -> Tensor:
    """Cross-correlate along time with zeros around the signal ("same" padding).

    out[b, c, t] = Σ_k kernels[c, k] · signal[b, c, t + k − (taps − 1) // 2]

    Shape: signal [batch, channels, time], or [batch, 1, time] to give every kernel the same
    signal; kernels [channels, taps]; out [batch, channels, time]. This is what
    `conv1d(groups=channels)` computes, up to rounding.
    """
    out: Tensor = _Correlate.apply(signal, kernels)  # type: ignore[no-untyped-call]
    return out


class _Correlate(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, signal: Tensor, kernels: Tensor) -> Tensor:
        time, taps = signal.shape[-1], kernels.shape[-1]
        size = fast_size(time + taps - 1)
        # Convolution with the reversed kernel, rolled so that sample 0 of the result is time 0.
        impulse = kernels.new_zeros(len(kernels), size)
        impulse[:, :taps] = kernels.flip(1)
        response = torch.fft.rfft(impulse.roll(-(taps // 2), dims=1))
        spectrum = torch.fft.rfft(signal, size)
        ctx.save_for_backward(spectrum, response)
        ctx.time, ctx.taps, ctx.size = time, taps, size
        out: Tensor = torch.fft.irfft(spectrum * response, size)[..., :time]
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None]:
        spectrum, response = ctx.saved_tensors
        grad_spectrum = torch.fft.rfft(grad, ctx.size)
        grad_signal = grad_kernels = None
        if ctx.needs_input_grad[0]:
            product = grad_spectrum * response.conj()
            if spectrum.shape[1] == 1:
                product = product.sum(dim=1, keepdim=True)
            grad_signal = torch.fft.irfft(product, ctx.size)[..., : ctx.time]
        if ctx.needs_input_grad[1]:
            product = (grad_spectrum * spectrum.conj()).sum(dim=0)
            impulse = torch.fft.irfft(product, ctx.size).roll(ctx.taps // 2, dims=1)
            grad_kernels = impulse[:, : ctx.taps].flip(1)
        return grad_signal, grad_kernels


def fast_size(at_least: int) -> int:
    """The smallest even size with no prime factor above 5: FFTs of others are much slower."""
    size = at_least + at_least % 2
    while not _is_smooth(size):
        size += 2
    return size


def _is_smooth(size: int) -> bool:
    for factor in (2, 3, 5):
        while size % factor == 0:
            size //= factor
    return size == 1
