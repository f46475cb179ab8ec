"""What cannot be streamed is refused by the layer and the line that asks for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import tonecast

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")

from tonecast.export.streaming.convert import convert  # noqa: E402
from tonecast.export.streaming.trace import trace  # noqa: E402
from torch import Tensor, nn  # noqa: E402


class Wrapped(nn.Module):
    """A layer named `middle` between two convolutions; `around` says how it is called."""

    def __init__(self, middle: nn.Module, around: Callable[[nn.Module, Tensor], Tensor]) -> None:
        super().__init__()
        self.lift = nn.Conv1d(1, 8, 1)
        self.middle = middle
        self.out = nn.Conv1d(8, 1, 1)
        self.around = around

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.out(self.around(self.middle, self.lift(x)))
        return out


class Positions(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x + torch.sin(0.01 * torch.arange(x.shape[-1]))


class Normalised(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x / x.abs().amax(dim=-1, keepdim=True)


class Reversed(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.flip(-1)


class SelfAttention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        q = self.query(x)
        return torch.softmax(q @ x.transpose(1, 2), dim=-1) @ x


class Weighted(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * torch.softmax(x, dim=-1)


class Spectral(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        spectrum = torch.fft.rfft(x, dim=-1)
        return torch.fft.irfft(spectrum * spectrum.abs(), x.shape[-1], dim=-1)


class Noisy(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x + 0.01 * torch.randn_like(x)


class Whole(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Linear(61_440, 61_440 // 1024, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.dense(x).mean(-1, keepdim=True)


def plain(layer: nn.Module, x: Tensor) -> Tensor:
    out: Tensor = layer(x)
    return out


def shifted(layer: nn.Module, x: Tensor) -> Tensor:
    out = torch.zeros_like(x)
    out[..., 5:] = layer(x)[..., :-5]
    return out


def turned(layer: nn.Module, x: Tensor) -> Tensor:
    out = layer(x.transpose(1, 2))
    out = out[0] if isinstance(out, tuple) else out
    return out.transpose(1, 2)


CASES: dict[str, tuple[Callable[[], nn.Module], Callable[[nn.Module, Tensor], Tensor], str]] = {
    "both directions": (
        lambda: nn.LSTM(8, 4, batch_first=True, bidirectional=True),
        turned,
        r"middle \(LSTM\).*end of the signal to its begin",
    ),
    "group norm": (lambda: nn.GroupNorm(1, 8), plain, r"middle \(GroupNorm\).*whole signal"),
    "instance norm": (lambda: nn.InstanceNorm1d(8), plain, r"middle \(InstanceNorm1d\).*whole"),
    "attention": (SelfAttention, turned, r"middle \(SelfAttention\).*attention over everything"),
    "softmax over time": (Weighted, plain, r"middle \(Weighted\).*whole signal"),
    "peak of all": (Normalised, plain, r"middle \(Normalised\).*one value of the whole signal"),
    "positions": (Positions, plain, r"middle \(Positions\).*place in the signal"),
    "backwards": (Reversed, plain, r"middle \(Reversed\).*backwards"),
    "spectrum of all": (Spectral, plain, r"middle \(Spectral\).*whole signal"),
    "average of all": (
        lambda: nn.AdaptiveAvgPool1d(1),
        lambda layer, x: x * layer(x),
        r"middle \(AdaptiveAvgPool1d\).*one value of the whole",
    ),
    "a layer over time": (Whole, plain, r"middle.dense \(Linear\).*own weight"),
    "randomness": (Noisy, plain, r"middle \(Noisy\).*random"),
    "written in place": (
        nn.Identity,
        shifted,
        r"writes into a part of a tensor.*torch\.cat",
    ),
    "projected cells": (
        lambda: nn.LSTM(8, 16, proj_size=8, batch_first=True),
        turned,
        r"middle \(LSTM\).*proj_size",
    ),
    "what cells leave at the end": (
        lambda: nn.LSTM(8, 8, batch_first=True),
        lambda layer, x: x * layer(x.transpose(1, 2))[1][0].mean(),
        r"middle \(LSTM\).*leaves at the end",
    ),
    "lines to the corners": (
        lambda: nn.Upsample(scale_factor=2, mode="linear", align_corners=True),
        lambda layer, x: layer(x[..., ::2]),
        r"middle \(Upsample\).*corners are aligned.*align_corners=False",
    ),
    "lines by three": (
        lambda: nn.Upsample(scale_factor=3, mode="linear"),
        lambda layer, x: layer(x)[..., ::3],
        r"middle \(Upsample\).*ratio of 3.*take 2, 4 or 8",
    ),
    "circular padding": (
        lambda: nn.Conv1d(8, 8, 3, padding=1, padding_mode="circular"),
        plain,
        r"middle \(Conv1d\).*from the end to the begin",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_layer_is_named(case: str) -> None:
    layer, around, sentence = CASES[case]
    module = Wrapped(layer(), around).eval()
    with pytest.raises(tonecast.Error, match=sentence) as raised:
        convert(trace(module, {}), {}, 64)
    assert "\n" not in str(raised.value)


def test_line_is_named() -> None:
    with pytest.raises(tonecast.Error, match=r"test_refusals\.py:\d+ \(return x\.flip\(-1\)\)"):
        convert(trace(Wrapped(Reversed(), plain).eval(), {}), {}, 64)


class Returning(nn.Module):
    """What a function makes of the sound, and of a knob that stays where it is."""

    def __init__(self, function: Callable[[Tensor, Tensor], object]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor, drive: Tensor) -> object:
        return self.function(x, drive)


RETURNED: dict[str, tuple[Callable[[Tensor, Tensor], object], str]] = {
    "another type": (lambda x, drive: x.double(), "returns float64"),
    "a dictionary": (lambda x, drive: {"sound": x}, "inside another object"),
    "changed input": (lambda x, drive: x.mul_(2), "in place"),
    "sum of a knob": (
        lambda x, drive: x + drive[..., None].expand(x.shape).sum(-1, keepdim=True),
        "one value of the whole signal",
    ),
    "running sum of a knob": (
        lambda x, drive: x + drive[..., None].expand(x.shape).cumsum(-1),
        "adds up a knob",
    ),
}


@pytest.mark.parametrize("case", RETURNED)
def test_what_cannot_be_right_is_refused(case: str) -> None:
    function, sentence = RETURNED[case]
    with pytest.raises(tonecast.Error, match=sentence) as raised:
        convert(trace(Returning(function).eval(), {"drive": 0.3}), {"drive": 0.3}, 64)
    assert "\n" not in str(raised.value)
