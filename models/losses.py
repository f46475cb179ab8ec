"""Losses and the measures that are reported beside them. All take frames [batch, samples]."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from ..plugin_core.errors import Error

Loss = Callable[[Tensor, Tensor], Tensor]

# Power per sample, −100 dBFS: below it a frame counts as silence and errors are no longer relative.
FLOOR_POWER = 1e-10


def esr(output: Tensor, target: Tensor) -> Tensor:
    """Error-to-signal ratio, Σ(y − ŷ)² / Σy², over all frames [batch, samples] together."""
    return (target - output).square().sum() / target.square().sum()


def esr_of_frames(output: Tensor, target: Tensor) -> Tensor:
    """Mean of the frames' own error-to-signal ratios [batch, samples]: levels do not matter."""
    power = target.square().mean(dim=1) + FLOOR_POWER
    return ((target - output).square().mean(dim=1) / power).mean()


def mae(output: Tensor, target: Tensor) -> Tensor:
    """Mean absolute error of frames [batch, samples] (ICASSP 2019, section 2.3)."""
    return (target - output).abs().mean()


def paper_terms(output: Tensor, target: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """kl, mse and mae of frames [batch, samples] (DAFx 2018, section 3.3), each a mean.

    kl: Σ y·log(y / ŷ) of the magnitudes of a DFT, each frame's normalised to sum 1. mse: of the
    magnitudes as they are, so it grows with the square of the level. mae: of the waveform. The
    paper gives no scaling; this one fits the figures it reports.
    """
    spectrum, wanted = (torch.fft.rfft(frames).abs() for frames in (output, target))
    tiny = torch.finfo(spectrum.dtype).tiny ** 0.5  # a silent frame has no distribution
    p, q = ((mags + tiny) / (mags + tiny).sum(dim=1, keepdim=True) for mags in (wanted, spectrum))
    kl = (p * (p.log() - q.log())).sum(dim=1).mean()
    return kl, (wanted - spectrum).square().mean(), mae(output, target)


def paper_loss(output: Tensor, target: Tensor) -> Tensor:
    """kl(Y, Ŷ) + mse(Y, Ŷ) + mae(y, ŷ) of frames [batch, samples] (DAFx 2018, section 3.3)."""
    kl, mse, absolute = paper_terms(output, target)
    return kl + mse + absolute


def multi_resolution_stft(output: Tensor, target: Tensor) -> Tensor:
    """Multi-resolution STFT distance (Yamamoto et al. 2020) of frames [batch, samples].

    Raise tonecast.Error where auraloss is not installed.
    """
    distance: Tensor = _auraloss_stft()(output[:, None], target[:, None])
    return distance


@cache
def _auraloss_stft() -> Loss:
    try:
        from auraloss.freq import MultiResolutionSTFTLoss
    except ModuleNotFoundError:
        raise Error("the loss 'mr-stft' needs auraloss; run 'pip install auraloss'") from None
    # Half of auraloss's own sizes: frames are 1024 samples.
    loss: Loss = MultiResolutionSTFTLoss([512, 1024, 256], [60, 120, 25], [300, 600, 120])
    return loss


LOSSES: dict[str, Loss] = {
    "batch-esr": esr,
    "esr": esr_of_frames,
    "mae": mae,
    "mr-stft": multi_resolution_stft,
    "paper": paper_loss,
}
