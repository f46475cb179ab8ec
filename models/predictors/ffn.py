"""FFN: a feed-forward network on descriptors of the sound.

Grachten, Deruty and Tanguy, "Auto-adaptive resonance equalization using dilated residual networks"
(2018), section 4: blocks of dense, batch normalisation and ReLU with 500, 250 and 250 units, then
dense 1.

    audio ─ descriptors × statistics ─ standardised ─ 500 ─ 250 ─ 250 ─ 1
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .predictor import Predictor, last_layer

N_VALUES = 97 * 7
UNITS = (500, 250, 250)
# Standardised values beyond this are outliers, and would dominate all others.
FURTHEST = 8.0


class FFN(Predictor):
    """Dense layers on `descriptors`, a module from audio to values [batch, 679].

    Values are standardised by what `standardise` saw; before that, they are taken as they are.
    """

    sample_rate_hz = 44_100
    window_samples = 22_050
    mean: Tensor
    scale: Tensor

    def __init__(
        self,
        descriptors: nn.Module,
        units: tuple[int, ...] = UNITS,
        n_values: int = N_VALUES,
    ) -> None:
        super().__init__()
        self.front = descriptors
        self.register_buffer("mean", torch.zeros(n_values))
        self.register_buffer("scale", torch.ones(n_values))
        layers: list[nn.Module] = []
        for before, after in zip((n_values, *units), units, strict=False):
            # Batch normalisation would cancel a bias.
            layers += [nn.Linear(before, after, bias=False), nn.BatchNorm1d(after), nn.ReLU()]
        self.dense = nn.Sequential(*layers, last_layer(units[-1]))

    @torch.no_grad()
    def standardise(self, values: Tensor) -> None:
        """Set mean and scale from the descriptors of the training data, [windows, 679].

        Values that are constant there carry no information; they are centred and not scaled.
        """
        self.mean.copy_(values.mean(dim=0))
        deviation = values.std(dim=0)
        constant = deviation <= 1e-6 * (1 + values.abs().amax(dim=0))
        self.scale.copy_(torch.where(constant, 1.0, deviation))

    def logit(self, features: Tensor) -> Tensor:
        """Log odds [batch] from descriptors [batch, 679]."""
        standard = torch.clamp((features - self.mean) / self.scale, -FURTHEST, FURTHEST)
        out: Tensor = self.dense(standard)
        return out[:, 0]
