"""The level of what a model is trained on, for the contract: beyond it nothing was learned."""

from __future__ import annotations

import math

from ...plugin_core.effect_files.contract import Response, TrainedLevel
from .config import Config

STEP_DB = 0.01
QUIETEST_DB = -80.0  # that a contract can say


def trained_level(config: Config, dry_peak: float, wet_peak: float) -> TrainedLevel:
    """The peaks of all training notes, which are linear, in dBFS.

    Level can be taken out of frames only where what is learned is linear and the model has no
    state, which would remember frames at other levels.
    """
    stateless = not config.family.state_shapes(config.size)
    response: Response = "linear" if config.is_linear and stateless else "nonlinear"
    return TrainedLevel(response, peak_db(dry_peak), peak_db(wet_peak))


def peak_db(peak: float) -> float:
    """A peak in dBFS, rounded up, so that what was trained on lies within it."""
    if peak <= 10 ** (QUIETEST_DB / 20):
        return QUIETEST_DB
    return round(math.ceil(20 * math.log10(peak) / STEP_DB) * STEP_DB, 2)
