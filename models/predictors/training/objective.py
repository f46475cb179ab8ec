"""MSBE(35, 65): how far predictions miss the interval that a track's raters agree on."""

from __future__ import annotations

import torch
from torch import Tensor


def squared_miss(predicted: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Squared distance to the interval [low, high], 0 inside; all broadcast against each other.

    Grachten, Deruty and Tanguy (2018), section 4: MSBE is the mean of it, with the 35th and 65th
    percentile of the ratings as `low` and `high`.
    """
    return torch.relu(low - predicted) ** 2 + torch.relu(predicted - high) ** 2
