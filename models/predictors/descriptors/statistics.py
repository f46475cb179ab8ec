"""Seven statistics over the frames of a window."""

from __future__ import annotations

import torch
from torch import Tensor

STATISTICS = ("mean", "median", "std", "skew", "kurtosis", "p10", "p90")
# A row that deviates less than this, relative to its values, counts as constant: the rest may be
# rounding, which differs between machines.
CONSTANT = 1e-4


def statistics(values: Tensor, least: Tensor) -> Tensor:
    """Statistics [n, rows, 7] over the last axis of `values` [n, rows, frames].

    A row that deviates less than its `least` [rows, 1] is constant, too.

    Deviation, skewness and excess kurtosis are those of a population; percentiles interpolate
    linearly. A constant has skewness 0 and kurtosis −3, as no distribution has.
    """
    frames = values.shape[2]
    mean = values.mean(dim=2, keepdim=True)
    distance = values - mean
    std = torch.sqrt((distance * distance).mean(dim=2, keepdim=True))
    varies = std > CONSTANT * torch.abs(values).amax(dim=2, keepdim=True) + least
    standard = distance / torch.where(varies, std, 1.0)
    skew = torch.where(varies, (standard**3).mean(dim=2, keepdim=True), 0.0)
    kurtosis = torch.where(varies, (standard**4).mean(dim=2, keepdim=True) - 3, -3.0)

    falling = torch.topk(values, frames, dim=2).values

    def percentile(share: float) -> Tensor:
        place = (1 - share) * (frames - 1)
        index = min(int(place), frames - 2)
        upper, lower = falling[:, :, index : index + 1], falling[:, :, index + 1 : index + 2]
        return upper + (place - index) * (lower - upper)

    parts = (mean, percentile(0.5), std, skew, kurtosis, percentile(0.1), percentile(0.9))
    return torch.cat(parts, dim=2)
