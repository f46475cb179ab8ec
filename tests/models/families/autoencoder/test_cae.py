import pytest
import torch
from tonecast.models.families.autoencoder.cae import CAE, QUIET_GATE, AutoencoderSize
from tonecast.models.losses import esr
from tonecast.models.offline import periodic_hann
from torch.nn import functional

SMALL = AutoencoderSize(frame=128, filters=8, filter_taps=16, smoothing_taps=32, pool=8)


def noise(count: int, frame: int, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 0.1 * torch.randn(count, frame, generator=generator) * periodic_hann(frame)


def disturbed(model: CAE) -> CAE:
    """First weights are too regular to tell rows and taps apart."""
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=generator))
    return model


def count(*parameters: torch.Tensor) -> int:
    return sum(parameter.numel() for parameter in parameters)


def test_parameters_are_as_many_as_in_the_paper() -> None:
    model = CAE()
    convolutions = (model.filters, model.filter_bias, model.smoothing, model.smoothing_bias)
    assert count(*convolutions) == 24_832
    assert count(*model.parameters()) == 561_472


@pytest.mark.parametrize(
    "size", [SMALL, AutoencoderSize(96, 4, filter_taps=9, smoothing_taps=15, pool=12)]
)
def test_model_is_what_the_papers_table_says(size: AutoencoderSize) -> None:
    """Each row of the table of layers, written out with PyTorch's own functions."""
    model = disturbed(CAE(size))
    x = noise(3, size.frame)

    def same(signal: torch.Tensor, kernels: torch.Tensor, groups: int) -> torch.Tensor:
        taps = kernels.shape[1]
        padded = functional.pad(signal, ((taps - 1) // 2, taps // 2))
        return functional.conv1d(padded, kernels[:, None], groups=groups)

    x1 = same(x[:, None], model.filters, 1) + model.filter_bias[:, None]
    x2 = functional.softplus(
        same(x1.abs(), model.smoothing, size.filters) + model.smoothing_bias[:, None]
    )
    z, place = functional.max_pool1d(x2, size.pool, return_indices=True)
    hidden = torch.einsum("brt,rto->bro", z - QUIET_GATE, model.local.weight) + model.local.bias
    h = functional.softplus(model.shared(functional.softplus(hidden) - QUIET_GATE))
    x2_hat = functional.max_unpool1d(h, place, [size.pool])
    left = (size.filter_taps - 1) // 2
    y = functional.conv_transpose1d(x1 * x2_hat, model.filters[:, None], padding=left)

    torch.testing.assert_close(model(x), y[:, 0, : size.frame], rtol=0, atol=1e-5)


def test_step_1_leaves_the_latent_layers_out() -> None:
    model = disturbed(CAE(SMALL))
    x = noise(2, SMALL.frame)
    before = model.reconstruct(x)
    with torch.no_grad():
        model.local.weight.zero_()
        model.shared.weight.zero_()
    torch.testing.assert_close(model.reconstruct(x), before, rtol=0, atol=0)
    assert not torch.equal(model(x), before)


def test_untrained_model_passes_sound() -> None:
    """Training that starts from noise took twice as long for ten decibels less."""
    model = CAE()
    x = noise(8, 1024)
    with torch.no_grad():
        out = model(x)
    assert esr(out, x) < 0.5
    assert 0.5 < float(out.square().sum() / x.square().sum()) < 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("frame", 1000), ("filters", 7), ("filter_taps", 2000), ("pool", 0), ("smoothing_taps", 1)],
)
def test_impossible_sizes_are_refused(field: str, value: int) -> None:
    with pytest.raises(ValueError, match=r"[A-Z].*\."):
        AutoencoderSize(**{field: value})
