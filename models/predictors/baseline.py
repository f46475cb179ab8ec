"""Baseline: the training mean, for any input (Grachten et al. 2018, table 4)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .predictor import USUAL_FACTOR, Predictor


class Baseline(Predictor):
    """One factor for all windows; its only state is the buffer `mean`."""

    sample_rate_hz = 22_050
    window_samples = 11_025
    mean: Tensor

    def __init__(self, mean: float = USUAL_FACTOR) -> None:
        """Raise ValueError for a mean outside 0..1."""
        super().__init__()
        if not 0 <= mean <= 1:
            raise ValueError(f"The mean of factors lies between 0 and 1, not at {mean:g}.")
        self.front = nn.Identity()
        self.register_buffer("mean", torch.tensor(mean))

    def from_features(self, features: Tensor) -> Tensor:
        """Return the mean [batch], without a sigmoid, because it is in range already."""
        return 0 * features[:, 0, 0] + self.mean
