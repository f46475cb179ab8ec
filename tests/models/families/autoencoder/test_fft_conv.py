import pytest
import torch
from tonecast.models.families.autoencoder.fft_conv import correlate_same, fast_size
from torch.nn import functional


@pytest.mark.parametrize("signal_channels", [1, 6])
@pytest.mark.parametrize("taps", [3, 8, 64])
def test_same_as_conv1d_forward_and_backward(signal_channels: int, taps: int) -> None:
    """Training would fit another model than the one that is exported."""
    generator = torch.Generator().manual_seed(1)
    signal = torch.randn(2, signal_channels, 100, generator=generator, dtype=torch.float64)
    kernels = torch.randn(6, taps, generator=generator, dtype=torch.float64)
    weight = torch.randn(2, 6, 100, generator=generator, dtype=torch.float64)

    results = []
    for correlate in (correlate_same, _with_conv1d):
        x, k = signal.clone().requires_grad_(), kernels.clone().requires_grad_()
        out = correlate(x, k)
        results.append((out, *torch.autograd.grad((out * weight).sum(), [x, k])))
    for a, b in zip(*results, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-10)


def test_sizes_are_even_and_smooth() -> None:
    assert [fast_size(n) for n in (1, 7, 1151, 2047)] == [2, 8, 1152, 2048]
    assert fast_size(1153) == 1200


def _with_conv1d(signal: torch.Tensor, kernels: torch.Tensor) -> torch.Tensor:
    taps = kernels.shape[1]
    padded = functional.pad(signal, ((taps - 1) // 2, taps // 2))
    return functional.conv1d(padded, kernels[:, None], groups=signal.shape[1])
