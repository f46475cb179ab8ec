import pytest
import torch
from tonecast.models.predictors.baseline import Baseline
from tonecast.models.predictors.drn import DRN, PRESETS, Block, DRNSize
from tonecast.models.predictors.ffn import FFN
from tonecast.models.predictors.filter_bank import Bank, FilterBank
from tonecast.models.predictors.predictor import USUAL_FACTOR, Predictor
from torch import nn

LIVE = PRESETS["live"]
TINY_PAPER = DRNSize(channels=(4, 4, 6), pool=300)


class Levels(nn.Module):
    """Stand-in for the descriptors: a few values that follow the sound."""

    def forward(self, audio: torch.Tensor) -> torch.Tensor:
        return audio.reshape(len(audio), 5, -1).square().mean(dim=2)


def small_ffn() -> FFN:
    return FFN(Levels(), units=(8, 4), n_values=5)


def noise(model: Predictor, windows: int, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 0.1 * torch.randn(windows, 2, model.window_samples, generator=generator)


def multiply_adds(model: DRN) -> int:
    """Of all convolutions and dense layers, for one window."""
    total = 0

    def count(layer: nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        nonlocal total
        per_value = layer.weight.numel() // layer.weight.shape[0]
        total += output.numel() * per_value

    for layer in model.modules():
        if isinstance(layer, nn.Conv1d | nn.Linear):
            layer.register_forward_hook(count)
    with torch.no_grad():
        model.eval()(noise(model, 1))
    return total


def test_papers_network_costs_what_the_paper_says() -> None:
    assert multiply_adds(DRN()) == pytest.approx(12e9, rel=0.02)


def test_last_block_sees_93_ms() -> None:
    assert 1 + 2 * sum(DRNSize().dilations) == 2047


def test_block_adds_a_dilated_and_a_pointwise_way() -> None:
    block = Block(2, 3, kernel=3, dilation=4).eval()
    impulse = torch.zeros(1, 2, 21)
    impulse[0, 0, 10] = 1
    block.dilated.weight.data.fill_(1.0)
    block.pointwise.weight.data.fill_(1.0)
    heights = [6, 10, 14]
    (places,) = block(impulse)[0, 0].nonzero(as_tuple=True)
    assert places.tolist() == heights
    torch.testing.assert_close(block(impulse)[0, 0, heights], torch.tensor([1.0, 2.0, 1.0]))


def test_pooling_drops_the_oldest() -> None:
    torch.manual_seed(1)
    model = DRN(DRNSize(channels=(16,), kernel=1)).eval()
    audio = noise(model, 1)
    changed = audio.clone()
    changed[..., : 11_025 % 300] = 0.3
    torch.testing.assert_close(model(changed), model(audio), rtol=0, atol=0)
    changed[..., 11_025 % 300] = 0.3
    assert not torch.equal(model(changed), model(audio))


@pytest.mark.parametrize("build", [lambda: DRN(TINY_PAPER), lambda: DRN(LIVE), small_ffn, Baseline])
class TestEveryPredictor:
    def test_starts_near_the_usual_factor(self, build) -> None:
        torch.manual_seed(1)
        model = build().eval()
        factors = model(noise(model, 3))
        assert factors.shape == (3,)
        assert (factors - USUAL_FACTOR).abs().max() < 0.1

    @pytest.mark.parametrize("level", [0.0, 1.0, 1e-30, 1e30, float("inf")])
    @pytest.mark.parametrize("sound", ["steady", "noise", "impulse"])
    def test_gives_a_factor_for_any_level(self, build, level: float, sound: str) -> None:
        model = build().eval()
        audio = torch.full((1, 2, model.window_samples), level)
        if sound == "noise":
            audio = torch.where(noise(model, 1) > 0, audio, -audio)
        elif sound == "impulse":
            audio[..., 1:] = 0
        assert 0 <= float(model(audio).detach()) <= 1

    def test_gives_a_factor_for_a_telephone(self, build) -> None:
        model = build().eval()
        spectrum = torch.fft.rfft(noise(model, 1))
        spectrum[..., 4000 // 2 :] = 0  # bins are 2 Hz
        audio = torch.fft.irfft(spectrum, model.window_samples)
        assert 0 < float(model(audio).detach()) < 1

    def test_features_can_be_computed_apart(self, build) -> None:
        model = build().eval()
        audio = noise(model, 2)
        assert torch.equal(model.from_features(model.features(audio)), model(audio))

    def test_windows_of_a_batch_do_not_mix(self, build) -> None:
        model = build().eval()
        audio = noise(model, 3)
        alone = torch.cat([model(window[None]) for window in audio])
        torch.testing.assert_close(model(audio), alone, rtol=0, atol=1e-5)


def test_bands_show_a_tone_where_it_is() -> None:
    bank = Bank()
    front = FilterBank(bank, 22_050, 11_025)
    time_s = torch.arange(11_025) / 22_050
    for band in (60, 120, 180):
        frequency_hz = bank.lowest_hz * (bank.highest_hz / bank.lowest_hz) ** (band / 191)
        tone = 0.1 * torch.sin(2 * torch.pi * frequency_hz * time_s).expand(1, 2, -1)
        levels = front(tone)
        assert levels.shape == (1, 18, 192)
        assert (levels[0].argmax(dim=1) - band).abs().max() <= 1


def test_level_does_not_matter_to_the_filter_bank() -> None:
    front = FilterBank(Bank(), 22_050, 11_025)
    audio = 0.1 * torch.randn(1, 2, 11_025, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(front(audio / 4), front(audio), rtol=0, atol=0.02)


@pytest.mark.parametrize("preset", [TINY_PAPER, LIVE])
def test_network_can_learn(preset: DRNSize) -> None:
    """Two kinds of windows, told apart after a few steps."""
    torch.manual_seed(1)
    model = DRN(preset)
    audio = noise(model, 8)
    audio[::2, :, 1:] += audio[::2, :, :-1]  # darker
    wanted = torch.tensor([0.1, 0.8] * 4)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    losses = []
    for _ in range(30):
        optimizer.zero_grad()
        loss = (model(audio) - wanted).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.2 * losses[0]


def test_standardised_values_are_centred_and_scaled() -> None:
    model = small_ffn()
    values = torch.randn(50, 5, generator=torch.Generator().manual_seed(1)) * 30 + 100
    values[:, 2] = 7.0
    model.standardise(values)
    standard = (values - model.mean) / model.scale
    assert standard.mean(dim=0).abs().max() < 1e-4
    torch.testing.assert_close(standard.std(dim=0), torch.tensor([1.0, 1, 0, 1, 1]))


def test_baseline_says_the_mean() -> None:
    model = Baseline(0.3)
    assert model(noise(model, 2)).tolist() == pytest.approx([0.3, 0.3])
    with pytest.raises(ValueError, match="between 0 and 1"):
        Baseline(1.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"channels": ()}, "at least one block"),
        ({"kernel": 2}, "odd number"),
        ({"pool": 20_000}, "choose less"),
    ],
)
def test_impossible_sizes_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DRN(DRNSize(**arguments))
