"""The level of what a model is trained on, for the contract: beyond it little was learned."""

from __future__ import annotations

import math

import torch

from ...plugin_core.effect_files.contract import TrainedLevel
from ..data.frames import Frames
from ..data.segments import Segments
from .config import Config

STEP_DB = 0.01
LOWEST_DB, HIGHEST_DB = -80.0, 40.0  # that a contract can say
DRAWN_FRAMES = 4096
USUAL_SHARE = 0.9  # of the frames: of what is louder, a model has seen too little to be good at it
LOUD_RANGE = 10.0  # quieter frames, as a ratio, say little about an effect's gain
LARGEST_GAINS = 0.999


def trained_level(config: Config, training: Frames | Segments) -> TrainedLevel:
    """How loud the training is, for `tonecast.plugin_core.effect_files.contract.TrainedLevel`.

    For something nonlinear, the highest samples of all notes, dry and wet. Of something linear
    level can be taken out, so louder frames are played where the model is good: below the peak
    that nine in ten windowed frames stay below, as training draws them. The output's peak is then
    what the largest gain of a loud frame makes of it.

    A model with a state would remember frames at other levels, so for it all is nonlinear.
    """
    stateless = not config.family.state_shapes(config.size)
    if not (config.is_linear and stateless and isinstance(training, Frames)):
        dry_peak, wet_peak = training.peaks()
        return TrainedLevel("nonlinear", peak_db(dry_peak), peak_db(wet_peak))
    drawn = training.draw(DRAWN_FRAMES, torch.Generator().manual_seed(config.seed))
    dry, wet = (frames.abs().amax(dim=1).cpu() for frames in (drawn.dry, drawn.wet))
    input_peak = torch.quantile(dry, USUAL_SHARE)
    loud = dry >= input_peak / LOUD_RANGE
    gain = torch.quantile(wet[loud] / dry[loud], LARGEST_GAINS)
    return TrainedLevel("linear", peak_db(float(input_peak)), peak_db(float(input_peak * gain)))


def peak_db(peak: float) -> float:
    """A peak in dBFS, rounded up, so that what was trained on lies within it."""
    level_db = 20 * math.log10(peak) if peak > 0 else LOWEST_DB
    return min(max(round(math.ceil(level_db / STEP_DB) * STEP_DB, 2), LOWEST_DB), HIGHEST_DB)
