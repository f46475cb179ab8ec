"""The base of all predictors: half a second of stereo in, a factor between 0 and 1 out.

    audio ─ front: features ─ network ─ sigmoid ─ factor

The front can be called separately (`features`), so that training computes the features once.

The sigmoid keeps the factor in range for any output of the network. A clamp would, too, but its
gradient is zero outside: a network that gets there cannot leave. The ends, 0 and 1, are never
reached exactly, which does not matter: ratings have 17 steps, and half a step is 0.03.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

WINDOW_S = 0.5
CHANNELS = 2
# What listeners chose most (Grachten et al. 2018, section 4): where training starts.
USUAL_FACTOR = 0.19
USUAL_LOGIT = math.log(USUAL_FACTOR / (1 - USUAL_FACTOR))
# 18 dB above full scale. Louder input is a fault upstream, and its square may not be finite.
LOUDEST = 8.0


class Predictor(nn.Module):
    """Base of all predictors; subclasses give `front` and `logit`.

    `front` maps audio [batch, 2, window] to features [batch, …], and may hold parameters.
    """

    sample_rate_hz: int
    window_samples: int
    front: nn.Module

    def forward(self, audio: Tensor) -> Tensor:
        """Factors [batch] for `audio` [batch, 2, window_samples] at `sample_rate_hz`."""
        return self.from_features(self.features(audio))

    def features(self, audio: Tensor) -> Tensor:
        """The network's input [batch, …] for `audio` [batch, 2, window_samples]."""
        features: Tensor = self.front(torch.clamp(audio, -LOUDEST, LOUDEST))
        return features

    def from_features(self, features: Tensor) -> Tensor:
        """Factors [batch] for features [batch, …]."""
        return torch.sigmoid(self.logit(features))

    def logit(self, features: Tensor) -> Tensor:
        """Log odds [batch] of the factors for features [batch, …]."""
        raise NotImplementedError


class OneWindow(nn.Module):
    """A predictor as it is exported: audio [2, window_samples] → value [1]."""

    def __init__(self, predictor: Predictor) -> None:
        super().__init__()
        self.predictor = predictor

    def forward(self, audio: Tensor) -> Tensor:
        """Value [1] of one window [2, window_samples]."""
        value: Tensor = self.predictor(audio[None])
        return value


def last_layer(inputs: int) -> nn.Linear:
    """Dense 1, initialised to give the usual factor before training."""
    layer = nn.Linear(inputs, 1)
    with torch.no_grad():
        layer.weight.mul_(0.1)
        layer.bias.fill_(USUAL_LOGIT)
    return layer
