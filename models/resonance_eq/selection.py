"""What of the resonances is worth a cut: those above a threshold, gently or at once."""

from __future__ import annotations

import torch
from torch import Tensor

# Of the cut, for each dB above the threshold, where selection is hard: as good as at once.
_STEEPEST = 1000.0


def selected_db(resonance_db: Tensor, threshold_db: Tensor, hardness: Tensor) -> Tensor:
    """Resonances in dB that are selected, of those found, of the same shape.

    Softly (`hardness` 0) counts what is above the threshold; hard (1) counts as a whole what is
    above it at all; in between the way from nothing to the whole is the steeper the harder. With a
    threshold of 0 dB all resonances are selected as they are, whatever the hardness.
    """
    steepness = 1 / torch.clamp(1 - hardness, min=1 / _STEEPEST)
    return torch.minimum(resonance_db, torch.relu(resonance_db - threshold_db) * steepness)
