import math

import pytest
import torch
from tonecast.models import losses
from tonecast.models.losses import LOSSES, esr, esr_of_frames, mae, paper_loss, paper_terms


def frames(count: int = 4) -> torch.Tensor:
    return 0.1 * torch.randn(count, 1024, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", LOSSES)
def test_loss_between_equals_is_zero(name: str) -> None:
    if name == "mr-stft":
        pytest.importorskip("auraloss")
    y = frames()
    assert abs(float(LOSSES[name](y.clone(), y))) < 1e-6


def test_esr_is_the_error_over_the_signal() -> None:
    y = frames()
    assert float(esr(0.9 * y, y)) == pytest.approx(0.01, rel=1e-5)
    assert float(esr(torch.zeros_like(y), y)) == 1


def test_quiet_frames_count_as_much_as_loud_ones() -> None:
    y = frames(2)
    y[1] *= 0.001
    out = y.clone()
    out[1] *= 0.9
    assert float(esr(out, y)) < 1e-6
    assert float(esr_of_frames(out, y)) == pytest.approx(0.005, rel=0.01)


def test_silence_is_no_division_by_zero() -> None:
    silence = torch.zeros(1, 1024, requires_grad=True)
    loss = esr_of_frames(silence, torch.zeros(1, 1024)) + paper_loss(silence, torch.zeros(1, 1024))
    (gradient,) = torch.autograd.grad(loss, silence)
    assert float(loss.detach()) == 0
    assert torch.isfinite(gradient).all()


def test_papers_terms_by_hand() -> None:
    """An impulse has a flat spectrum; one of half the height differs by level alone."""
    y = torch.zeros(1, 1024)
    y[0, 0] = 1
    kl, mse, absolute = (float(term) for term in paper_terms(0.5 * y, y))
    assert kl == pytest.approx(0, abs=1e-6)
    assert mse == pytest.approx(0.25)
    assert absolute == pytest.approx(0.5 / 1024)
    assert float(mae(0.5 * y, y)) == absolute


def test_kl_compares_the_shapes_of_spectra() -> None:
    t = torch.arange(1024) * (2 * math.pi / 1024)
    y = (torch.cos(32 * t) + torch.cos(64 * t))[None]
    out = (torch.cos(32 * t) + 3 * torch.cos(64 * t))[None]
    # Halves against a quarter and three quarters.
    wanted = 0.5 * math.log(0.5 / 0.25) + 0.5 * math.log(0.5 / 0.75)
    assert float(paper_terms(out, y)[0]) == pytest.approx(wanted, rel=0.01)


def test_missing_auraloss_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "auraloss.freq", None)
    losses._auraloss_stft.cache_clear()
    with pytest.raises(ValueError, match="pip install auraloss"):
        LOSSES["mr-stft"](frames(), frames())
