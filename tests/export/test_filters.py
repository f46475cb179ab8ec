"""Recursive filters on whole signals: against formulas, and their gradients."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import tonecast

torch = pytest.importorskip("torch", reason="filters need PyTorch: pip install 'tonecast[train]'")
signal = pytest.importorskip("scipy.signal", reason="filters are compared with scipy's")

from tonecast.export.filters import Biquad, Envelope, OnePole, recursion  # noqa: E402
from tonecast.export.filters.biquad import Kind  # noqa: E402
from torch import Tensor, nn  # noqa: E402

RATE_HZ = 48_000


def noise() -> Tensor:
    sound = np.random.default_rng(1).uniform(-1, 1, (2, 1, 4000)).astype(np.float32)
    return torch.from_numpy(sound)


def cookbook(kind: str, frequency_hz: float, q: float, gain_db: float) -> tuple[list[float], ...]:
    """Bristow-Johnson's coefficients b, a."""
    angle = 2 * np.pi * frequency_hz / RATE_HZ
    alpha, c, root = np.sin(angle) / (2 * q), np.cos(angle), 10 ** (gain_db / 40)
    slope = 2 * np.sqrt(root) * alpha
    if kind in ("low_shelf", "high_shelf"):
        sign = 1 if kind == "low_shelf" else -1
        up, down = root + 1, (root - 1) * sign
        b = [up - down * c + slope, 2 * (down - up * c) * sign * sign, up - down * c - slope]
        a = [up + down * c + slope, -2 * (down + up * c), up + down * c - slope]
        return [root * one for one in b], a
    b = {
        "lowpass": [(1 - c) / 2, 1 - c, (1 - c) / 2],
        "highpass": [(1 + c) / 2, -(1 + c), (1 + c) / 2],
        "bandpass": [alpha, 0, -alpha],
        "notch": [1, -2 * c, 1],
        "peak": [1 + alpha * root, -2 * c, 1 - alpha * root],
    }[kind]
    width = alpha / root if kind == "peak" else alpha
    return b, [1 + width, -2 * c, 1 - width]


@pytest.mark.parametrize("kind", get_args(Kind))
def test_biquad_is_that_of_the_cookbook(kind: Kind) -> None:
    for frequency_hz, q, gain_db in ((30.0, 0.7, 6.0), (1000.0, 2.0, -9.0), (15_000.0, 0.5, 12.0)):
        expected = signal.lfilter(*cookbook(kind, frequency_hz, q, gain_db), noise().double())
        with torch.no_grad():
            found = Biquad(kind, frequency_hz, q, gain_db)(noise())
            moving = Biquad(kind, 1.0, q, gain_db)(noise(), torch.full((2, 1, 4000), frequency_hz))
        assert np.abs(found.numpy() - expected).max() < 5e-6
        assert np.abs(moving.numpy() - expected).max() < 5e-6


def test_one_pole_is_the_bilinear_transform() -> None:
    g = np.tan(np.pi * 200 / RATE_HZ)
    expected = signal.lfilter([g, g], [1 + g, g - 1], noise().double())
    with torch.no_grad():
        assert np.abs(OnePole(200)(noise()).numpy() - expected).max() < 1e-6


@pytest.mark.parametrize("times_s", [(0.001, 0.05), (0.05, 0.001), (0.01, 0.01)])
def test_envelope_rises_and_falls_as_sample_by_sample(times_s: tuple[float, float]) -> None:
    attack, release = (-np.expm1(-1 / (time_s * RATE_HZ)) for time_s in times_s)
    level = noise()[:1].abs()
    y, expected = 0.0, []
    for x in level[0, 0].tolist():
        y += (attack if x > y else release) * (x - y)
        expected.append(y)
    with torch.no_grad():
        found = Envelope(*times_s)(level)
    assert np.abs(found[0, 0].numpy() - expected).max() < 2e-6


def test_gradients_are_those_of_small_differences() -> None:
    torch.manual_seed(1)

    def drawn(*shape: int, scale: float = 1.0) -> Tensor:
        return (scale * torch.randn(shape, dtype=torch.float64)).requires_grad_()

    x = drawn(2, 1, 2, 9)
    assert torch.autograd.gradcheck(recursion, (x, drawn(1, 1, 2, 2, 1, scale=0.3)))
    assert torch.autograd.gradcheck(recursion, (x, drawn(2, 1, 2, 2, 9, scale=0.3)))
    level = torch.rand(2, 3, 12, dtype=torch.float64, requires_grad=True)
    fast = torch.tensor([[[0.5]]], dtype=torch.float64, requires_grad=True)
    slow = torch.tensor([[[0.1], [0.2], [0.3]]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(torch.ops.tonecast.follow, (level, fast, slow))
    assert torch.autograd.gradcheck(torch.ops.tonecast.follow, (level, slow, fast))


@pytest.mark.parametrize(
    "layer", [OnePole(500), Biquad("peak", 500, 1, 3), Envelope(0.001, 0.01)], ids=lambda one: ""
)
def test_layers_learn(layer: nn.Module) -> None:
    layer(noise()[..., :64].abs()).square().sum().backward()
    assert all(one.grad is not None and one.grad.abs() > 0 for one in layer.parameters())


def test_slow_filters_keep_their_digits() -> None:
    level = torch.ones(1, 1, RATE_HZ)
    with torch.no_grad():
        risen = Envelope(10.0, 10.0)(level)[0, 0, -1]
    assert float(risen) == pytest.approx(1 - np.exp(-0.1), rel=1e-4)


def test_unknown_filter_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(tonecast.Error, match="no filter 'comb'; take lowpass, highpass"):
        Biquad("comb", 100)  # type: ignore[arg-type]


def test_filters_are_found_at_the_top() -> None:
    assert (tonecast.OnePole, tonecast.Biquad, tonecast.Envelope) == (OnePole, Biquad, Envelope)
