import torch
from tonecast.models.families.autoencoder.cae import AutoencoderSize
from tonecast.models.families.autoencoder.cafx import CAFx
from tonecast.models.offline import periodic_hann


def test_parameters_are_as_many_as_in_the_paper() -> None:
    assert sum(parameter.numel() for parameter in CAFx().parameters()) == 602_176


def test_dense_layers_work_on_each_sample_by_itself() -> None:
    """Across filters, not along time: a waveshaper, not another filter."""
    model = CAFx(AutoencoderSize(frame=64, filters=8, filter_taps=8, smoothing_taps=8, pool=8))
    with torch.no_grad():
        first = torch.zeros(1, 8, 64)
        second = first.clone()
        second[0, :, 20] = 0.3
        change = (model.shape(second) - model.shape(first)).abs().amax(dim=1)[0]
    assert change[20] > 0.01
    assert float(change.sum()) == float(change[20])


def test_untrained_model_passes_the_lower_bands() -> None:
    model = CAFx()
    cycles = torch.arange(1024) * 700 / 16000
    x = 0.1 * torch.sin(2 * torch.pi * cycles)[None] * periodic_hann(1024)
    with torch.no_grad():
        out = model(x)
    assert float((out - x).square().sum() / x.square().sum()) < 0.5


def test_step_of_the_weights_is_not_heard_in_silence() -> None:
    """The dense layers rest at zero: else training would follow nothing but their offsets."""
    torch.manual_seed(1)
    model = CAFx()
    silence = torch.zeros(1, 1024)
    with torch.no_grad():
        before = model(silence)
        for layer in model.layers:
            layer.weight += 1e-3 * torch.randn_like(layer.weight)
        assert torch.equal(model(silence), before)
        assert float(before.abs().max()) < 1e-6
