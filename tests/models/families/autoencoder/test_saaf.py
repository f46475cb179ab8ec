import torch
from tonecast.models.families.autoencoder.saaf import HIGHEST, LOWEST, SAAF


def random_curves(channels: int = 3, pieces: int = 5) -> SAAF:
    generator = torch.Generator().manual_seed(1)
    curves = SAAF(channels, pieces).double()
    with torch.no_grad():
        for parameter in curves.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return curves


def by_definition(curves: SAAF, x: torch.Tensor) -> torch.Tensor:
    """f(x) = v0 + v1·x + Σ w_k b_k(x), basis functions written out."""
    width = (HIGHEST - LOWEST) / curves.pieces
    v, w = curves.v, curves.w
    total = v[:, :1] + v[:, 1:] * x
    for k in range(curves.pieces):
        start = LOWEST + k * width
        inside = (x - start).clamp(0, width)
        above = (x - start - width).clamp(min=0)
        total = total + w[:, k : k + 1] * (inside.square() / 2 + width * above)
    return total


def test_equals_the_definition_with_its_gradients() -> None:
    curves = random_curves()
    x = torch.linspace(-1.7, 1.7, 331, dtype=torch.float64).repeat(3, 1).requires_grad_()
    weight = torch.randn(x.shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    results = []
    for f in (curves, lambda x: by_definition(curves, x)):
        out = f(x)
        results.append((out, *torch.autograd.grad((out * weight).sum(), [x, curves.v, curves.w])))
    for found, wanted in zip(*results, strict=True):
        torch.testing.assert_close(found, wanted, rtol=0, atol=1e-9)


def test_starts_as_the_identity() -> None:
    x = torch.linspace(-2, 2, 101).repeat(4, 1)
    torch.testing.assert_close(SAAF(4)(x), x, rtol=0, atol=1e-6)


def test_penalty_is_the_sum_of_squares() -> None:
    curves = SAAF(2, 3)
    with torch.no_grad():
        curves.w.fill_(0.5)
    assert float(curves.smoothness_penalty().detach()) == 2 * 1 + 6 * 0.25
