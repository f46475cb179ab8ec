"""Let PyTorch compile what it runs slowly piece by piece."""

from __future__ import annotations

import torch

from ..families.autoencoder.cae import CAE
from ..families.autoencoder.cafx import CAFx


def speed_up(model: CAE) -> None:
    """Compile the curves of a CAFx: each sample is looked up, and one pass does all of it.

    As single operators they are two dozen passes over 8 MB, a third of a training step; compiled, a
    seventh. Where no compiler is found they stay as they are. The same machine compiles the same
    code, so a training that goes on still gives the same bits.
    """
    if isinstance(model, CAFx):
        torch._dynamo.config.suppress_errors = True
        model.curves.compile()
