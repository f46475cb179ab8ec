"""Networks of others, from their packages, as they are: sound [batch, 1, time] to sound.

Weights are random. None of the packages is needed by Tonecast: what is not installed is tabled so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn


class FirstSource(nn.Module):
    """The first of the sources that a separator finds."""

    def __init__(self, separator: nn.Module) -> None:
        super().__init__()
        self.separator = separator

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        sources: Tensor = self.separator(x)
        return sources[:, :1] if sources.dim() == 3 else sources[:, 0]


class Codec(nn.Module):
    """An encoder and its decoder, without the quantiser between them."""

    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        out: Tensor = self.decoder(self.encoder(x))
        return out


class InBlocks(nn.Module):
    """Attention among blocks of 16 samples."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        batch, _, time = x.shape
        out: Tensor = self.encoder(x.reshape(batch, time // 16, 16)).reshape(batch, 1, time)
        return out


class Masked(nn.Module):
    """A spectrogram by torch.stft, weighted by its own magnitudes."""

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        window = torch.hann_window(512)
        spectrum = torch.stft(x[:, 0], 512, 128, window=window, return_complex=True)
        spectrum = spectrum * torch.sigmoid(spectrum.abs())
        sound = torch.istft(spectrum, 512, 128, window=window, length=x.shape[-1])
        return sound[:, None]


def _of(module: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def _encodec() -> nn.Module:
    shape: dict[str, Any] = {
        "channels": 1,
        "dimension": 32,
        "n_filters": 8,
        "ratios": [4, 2],
        "causal": True,
    }
    encoder, decoder = (_of("encodec.modules", f"SEANet{kind}coder") for kind in ("En", "De"))
    return Codec(*(make(**shape, pad_mode="constant") for make in (encoder, decoder)))


def _snac() -> nn.Module:
    shape: dict[str, Any] = {"depthwise": True, "attn_window_size": None}
    encoder = _of("snac.layers", "Encoder")(d_model=8, strides=[2, 4], **shape)
    decoder = _of("snac.layers", "Decoder")(32, channels=32, rates=[4, 2], noise=False, **shape)
    return Codec(encoder, decoder)


def _demucs(**options: Any) -> nn.Module:
    shape = {"chin": 1, "chout": 1, "hidden": 8, "depth": 3, "sample_rate": 48_000}
    made: nn.Module = _of("denoiser.demucs", "Demucs")(**shape, **options)
    return made


def _asteroid(**options: Any) -> nn.Module:
    shape: dict[str, Any] = {
        "n_filters": 32,
        "kernel_size": 16,
        "stride": 8,
        "bn_chan": 16,
        "hid_chan": 32,
    }
    shape |= {"skip_chan": 16, "n_blocks": 3, "n_repeats": 2, "mask_act": "sigmoid"}
    return FirstSource(_of("asteroid.models", "ConvTasNet")(1, **shape, **options))


def _torchaudio_tasnet() -> nn.Module:
    shape = {"num_sources": 2, "enc_num_feats": 32, "msk_num_feats": 16}
    shape |= {"msk_num_hidden_feats": 32, "msk_num_layers": 3, "msk_num_stacks": 2}
    return FirstSource(_of("torchaudio.models", "ConvTasNet")(**shape))


def _nablafx(kind: str, **shape: Any) -> nn.Module:
    made: nn.Module = _of("nablafx.processors", kind)(num_inputs=1, num_outputs=1, **shape)
    return made


def _resampled() -> nn.Module:
    resample = _of("torchaudio.transforms", "Resample")
    return nn.Sequential(resample(48_000, 24_000), nn.Tanh(), resample(24_000, 48_000))


class Filtered(nn.Module):
    """A biquad by torchaudio, which loops over samples."""

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 1, time] to the same."""
        out: Tensor = _of("torchaudio.functional", "lowpass_biquad")(x, 48_000, 1000.0)
        return out


def _transformer() -> nn.Module:
    return InBlocks(_of("x_transformers", "Encoder")(dim=16, depth=1, heads=2))


NETWORKS: Mapping[str, Callable[[], nn.Module]] = {
    "encodec: SEANet, causal, padded with zeros": _encodec,
    "denoiser: Demucs, causal": lambda: _demucs(causal=True, normalize=False, resample=1),
    "denoiser: Demucs, resampling": lambda: _demucs(causal=True, normalize=False, resample=2),
    "denoiser: Demucs, normalising": lambda: _demucs(causal=True, normalize=True, resample=1),
    "denoiser: Demucs, both directions": lambda: _demucs(causal=False, normalize=False, resample=1),
    "asteroid: ConvTasNet, causal, cLN": lambda: _asteroid(causal=True, norm_type="cLN"),
    "asteroid: ConvTasNet, gLN": lambda: _asteroid(causal=False, norm_type="gLN"),
    "torchaudio: ConvTasNet": _torchaudio_tasnet,
    "torchaudio: Resample and back": _resampled,
    "torchaudio: lowpass_biquad": Filtered,
    "snac: encoder and decoder": _snac,
    "nablafx: LSTM": lambda: _nablafx("LSTM"),
    "nablafx: GCN, causal": lambda: _nablafx(
        "GCN", num_blocks=4, kernel_size=3, dilation_growth=2, channel_width=8, causal=True
    ),
    "x_transformers: Encoder": _transformer,
    "torch.stft and istft": Masked,
}
