"""A compressor's rung: fitted by its few numbers, in some twenty seconds."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from ....plugin_core.effect_files.contract import TrainedLevel
from ...data.pair.pair import Pair
from ...families.dynamics.family import DynamicsSize
from ...training import checkpoint
from ...training.checkpoint import Checkpoint
from ...training.trained_level import peak_db
from ..dynamics.fit import fit_dynamics
from ..split import Spans
from .config import config_for
from .rungs import DYNAMICS


def fit_dynamics_rung(pair: Pair, spans: Spans, name: str, path: Path) -> float:
    """Fit it to the training parts and write its checkpoint; return how many seconds it took."""
    begin_s = time.monotonic()
    parts = spans.training, spans.validation
    found = fit_dynamics(pair.dry, pair.wet, pair.sample_rate_hz, *parts)
    size = DynamicsSize(**found.network)
    plan = config_for(pair, name, replace(DYNAMICS, size=lambda rate_hz: size))
    dry_peak, wet_peak = (
        max(float(np.abs(sound[begin:end]).max()) for begin, end in spans.training)
        for sound in (pair.dry, pair.wet)
    )
    level = TrainedLevel("nonlinear", peak_db(dry_peak), peak_db(wet_peak))
    checkpoint.save(Checkpoint(plan, found.state_dict(), None, level), path)
    return time.monotonic() - begin_s
