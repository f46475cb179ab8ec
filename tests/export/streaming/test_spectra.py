"""Spectra inside a module: torch.stft and back, complex numbers, Fourier transforms of blocks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import tonecast

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")

from tonecast.export.streaming.convert import convert, frame_quantum  # noqa: E402
from tonecast.export.streaming.trace import trace  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from whole_and_frames import noise, play_frames, play_whole  # noqa: E402

SAMPLES = 1600
Mask = Callable[[Tensor], Tensor]


class Spectral(nn.Module):
    """torch.stft, what a function makes of the spectra, and back; zeros around the sound."""

    def __init__(
        self,
        change: Callable[..., Tensor],
        *layers: nn.Module,
        window: Tensor | None = None,
        pad_mode: str = "constant",
        **shape: int | bool,
    ) -> None:
        super().__init__()
        self.change = change
        self.layers = nn.ModuleList(layers)
        self.window = torch.hann_window(32) if window is None else window
        self.pad_mode = pad_mode
        self.shape = {"n_fft": 32, "hop_length": 8} | shape

    def forward(self, x: Tensor) -> Tensor:
        shape = {"window": self.window, **self.shape}
        spectra = torch.stft(x[:, 0], **shape, pad_mode=self.pad_mode, return_complex=True)
        spectra = self.change(spectra, *self.layers)
        sound: Tensor = torch.istft(spectra, **shape, length=x.shape[-1])
        return sound[:, None]


class Blocks(nn.Module):
    """Spectra of blocks that overlap by a half, added up by folding."""

    def __init__(self) -> None:
        super().__init__()
        self.gains = nn.Parameter(torch.rand(9, dtype=torch.complex64))

    def forward(self, x: Tensor) -> Tensor:
        window = torch.hann_window(16).sqrt()
        blocks = nn.functional.pad(x[:, 0], (8, 0)).unfold(-1, 16, 8) * window
        spectra = torch.fft.rfft(blocks, norm="ortho") * self.gains
        blocks = torch.fft.irfft(spectra, 16, norm="ortho") * window
        sound = nn.functional.fold(blocks.mT, (1, x.shape[-1] + 8), (1, 16), stride=(1, 8))
        return sound[:, :, 0, 8:]


def by_net(spectra: Tensor, cells: nn.Module, dense: nn.Module) -> Tensor:
    heard, _ = cells(torch.log1p(spectra.abs()).mT)
    return spectra * torch.sigmoid(dense(heard)).mT


def complex_mask(spectra: Tensor, conv: nn.Module) -> Tensor:
    given = torch.view_as_real(spectra).permute(0, 3, 1, 2)
    real, imag = torch.tanh(conv(given)).unbind(1)
    return spectra * torch.complex(real, imag)


def turned(spectra: Tensor) -> Tensor:
    phase = torch.cumsum(torch.sigmoid(spectra.abs()), 1)
    return torch.polar(spectra.abs().sqrt(), spectra.angle() + phase)


def arithmetic(spectra: Tensor) -> Tensor:
    a = spectra.conj() / (spectra + 9 - 0.5j) - 0.1j * spectra.square()
    b = torch.exp(0.1 * spectra) + 1 / (3 + spectra.sgn()) - (1 - spectra).real
    both = torch.stack([a, b], 1).sum(1).roll(1, 1)
    return both.unflatten(1, (1, 17)).squeeze(1)


def moved(spectra: Tensor, conv: nn.Module) -> Tensor:
    past = nn.functional.pad(spectra, (2, 0))[..., :-2]
    both = torch.cat([spectra, past], 1)[:, ::2]  # of two spectra every second bin
    loud = torch.where(both.abs() > 0.5, both, both * 0.5j)
    real = conv(torch.cat([loud.real, loud.imag], 1))
    return torch.view_as_complex(torch.stack(real.chunk(2, 1), -1).contiguous())


def mixed(spectra: Tensor) -> Tensor:
    matrix = torch.polar(torch.ones(17, 17) / 17, torch.arange(17.0)[:, None] * torch.arange(17.0))
    return matrix @ spectra + torch.einsum("fg,bgt->bft", matrix.conj(), spectra)


def smoothed_envelope(spectra: Tensor) -> Tensor:
    cepstrum = torch.fft.irfft(torch.log(spectra.abs() + 0.1), dim=1)
    envelope = torch.fft.rfft(cepstrum * torch.linspace(1, 0, 32)[:, None], dim=1).real
    return spectra.masked_fill(spectra.abs() < 0.01, 0) * torch.exp(-0.1 * envelope)


def analytic(x: Tensor) -> Tensor:
    spectra = torch.fft.fft(x.reshape(len(x), -1, 16))
    gains = torch.cat([torch.ones(1), 2 * torch.ones(7), torch.ones(1), torch.zeros(7)])
    return torch.fft.ifft(spectra * gains).abs().reshape(x.shape)


def of_two_channels(x: Tensor) -> Tensor:
    both = torch.cat([x, x.square()], 1).flatten(0, 1)
    options = {"window": torch.hann_window(32), "normalized": True}
    spectra = torch.stft(both, 32, 8, pad_mode="constant", return_complex=True, **options)
    spectra = spectra.unflatten(0, (-1, 2))
    spectra = (spectra * spectra.abs().mean(1, keepdim=True)).flatten(0, 1)
    sound = torch.istft(spectra, 32, 8, length=x.shape[-1], **options)
    return sound.unflatten(0, (-1, 2)).sum(1, keepdim=True)


class Function(nn.Module):
    """A function of the sound."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


CASES: dict[str, tuple[Callable[[], nn.Module], int]] = {
    # a module, the delay that it is to have
    "mask by cells": (
        lambda: Spectral(by_net, nn.GRU(17, 6, batch_first=True), nn.Linear(6, 17)), 24
    ),
    "complex mask by pictures": (
        lambda: Spectral(complex_mask, nn.Conv2d(2, 2, (3, 1), padding=(1, 0))), 24
    ),
    "magnitude and phase": (lambda: Spectral(turned), 24),
    "arithmetic": (
        lambda: Spectral(arithmetic), 24
    ),
    "moved and chosen": (lambda: Spectral(moved, nn.Conv1d(34, 34, 1)), 24),
    "mixed by matrices": (lambda: Spectral(mixed), 24),
    "not centred": (
        lambda: Spectral(turned, center=False, window=torch.hamming_window(32)), 24
    ),
    "windows shorter than spectra": (
        lambda: Spectral(
            turned, win_length=20, window=torch.hann_window(20), normalized=True
        ), 24,
    ),
    "both sides": (lambda: Spectral(turned, onesided=False, hop_length=16), 16),
    "hop that divides nothing": (lambda: Spectral(turned, hop_length=10), 26),
    "looks ahead among spectra": (
        lambda: Spectral(
            lambda s, conv: s * conv(s.abs()), nn.Conv1d(17, 17, 3, padding=1)
        ), 32,
    ),
    "cepstrum": (lambda: Spectral(smoothed_envelope), 24),
    "analytic signal of blocks": (lambda: Function(analytic), 0),
    "two channels in one batch": (lambda: Function(of_two_channels), 24),
    "blocks": (Blocks, 8),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_stream_equals_the_whole_from_the_first_sample(case: str) -> None:
    make, delay = CASES[case]
    torch.manual_seed(1)
    module = make().eval()
    traced = trace(module, {})
    quantum = frame_quantum(traced, {})
    for size in (quantum, 5 * quantum):
        converted = convert(traced, {}, size)
        sound = noise(SAMPLES // size * size, channels=2)
        whole = play_whole(module, sound, {})
        played = play_frames(converted, sound, {})[:, converted.delay_samples :]
        difference = (played - whole[:, : played.shape[1]]).abs().max()
        assert difference < 3e-6, f"frames of {size}"
        if size == quantum:
            assert converted.delay_samples == delay


def test_default_of_torch_is_the_whole_after_silence() -> None:
    module = Spectral(turned, pad_mode="reflect")
    converted = convert(trace(module, {}), {}, 8)
    assert converted.forgets_edges
    sound = noise(SAMPLES, silence=24)
    played = play_frames(converted, sound, {})[:, converted.delay_samples :]
    assert (played - play_whole(module, sound, {})[:, : played.shape[1]]).abs().max() < 3e-6


class Changed(nn.Module):
    """What a function makes of the sound [batch, 1, time] and of its spectra."""

    def __init__(self, function: Callable[[Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        spectra = torch.stft(x[:, 0], 16, 8, window=torch.ones(16), return_complex=True)
        return self.function(x, spectra)


def back(spectra: Tensor, **options: object) -> Tensor:
    given = {"window": torch.hann_window(16)} | options
    sound: Tensor = torch.istft(spectra, 16, 8, length=61_440, **given)  # type: ignore[arg-type]
    return sound[:, None]


REFUSED: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], str]] = {
    "norm of all spectra": (
        lambda x, s: back(s / s.abs().mean(-1, keepdim=True)),
        "one value of the whole signal",
    ),
    "spectra backwards": (lambda x, s: back(s.flip(-1)), "plays the signal backwards"),
    "bins mixed by time": (lambda x, s: back(s @ s.mT @ s), "adds up the whole signal along time"),
    "complex curve": (lambda x, s: back(torch.tanh(s)), "'tanh' of complex numbers.*torch.polar"),
    "complex power": (lambda x, s: back(s**0.3), "raise the magnitude"),
    "spectrum of the spectra": (
        lambda x, s: torch.fft.ifft(torch.fft.fft(x)).real,
        "spectrum of the whole signal.*torch.stft",
    ),
    "windows with gaps": (
        lambda x, s: back(s, window=torch.hann_window(8), win_length=8),
        "leave samples out.*overlap more",
    ),
    "window at the begin": (lambda x, s: back(s, center=False), "leave samples out"),
    "a window that follows the sound": (
        lambda x, s: back(s * 1j, window=x[0, 0, :16]),
        "one signal of the batch",
    ),
    "complex sound": (lambda x, s: torch.complex(x, x), "returns complex numbers.*istft"),
    "another hop": (
        lambda x, s: torch.istft(s, 16, 4, window=torch.ones(16), length=61_440)[:, None],
        "of 1/2 of the rate of the one that it is given",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_stream_can_do_is_refused_by_its_line(case: str) -> None:
    function, sentence = REFUSED[case]
    with pytest.raises(tonecast.Error, match=sentence) as raised:
        convert(trace(Changed(function).eval(), {}), {}, 64)
    assert "\n" not in str(raised.value)


def test_spectral_denoiser_plays_live(tmp_path: Path) -> None:
    torch.manual_seed(1)
    module = Spectral(turned, n_fft=64, hop_length=32, window=torch.hann_window(64))
    report = tonecast.export(module, tmp_path / "denoiser.onnx", quiet=True)
    assert report.latency_samples == 32 + 64
    assert len(report.contract.whole) == 1  # proven from the first sample on
    assert tonecast.verify(report.path).passed
