"""Models that are fitted in seconds, not trained: configs without stages ask for it.

A filter is found in closed form, dynamics by their few numbers. Both are fitted to the training
notes one after the other, with silence between, and their target of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...plugin_core.effect_files.contract import TrainedLevel
from ...plugin_core.errors import Error
from ...plugin_core.samples import Samples
from ..data.note import Note
from ..data.pair.fir import fit_fir
from ..data.split import NoteSplit
from ..families.causal import CausalNetwork
from ..families.dynamics.family import DynamicsSize
from ..families.wavenet.family import LINEAR_FAMILY, LinearSize
from ..targets import TARGETS
from ..training import checkpoint
from ..training.checkpoint import Checkpoint
from ..training.config import Config
from ..training.session import prepare
from ..training.trained_level import peak_db
from .dynamics.fit import fit_dynamics

PAUSE_S = 0.1  # longer than a filter rings


def fit(config: Config, path: Path) -> NoteSplit:
    """Fit the model of a config without stages, write its checkpoint, and return its notes.

    Raise tonecast.Error for data that cannot be read, and if `path` holds something else.
    """
    if path.exists() and checkpoint.load(path).config != config:
        raise Error(f"{path} was trained with another config; move it away or give another --out")
    notes = prepare(config)
    model, level = _fit_linear(config, notes) if config.is_linear else _fit_dynamics(config, notes)
    checkpoint.save(Checkpoint(config, model.state_dict(), None, level), path)
    return notes


def _fit_linear(config: Config, notes: NoteSplit) -> tuple[CausalNetwork, None]:
    """What is linear is as good at any level, so there is none that it was trained at."""
    assert isinstance(config.size, LinearSize)
    dry, wet = _in_a_row(notes.training, config)
    taps = fit_fir(dry, wet, [(0, len(dry))], config.size.receptive_field)
    model = LINEAR_FAMILY.build(config.size)
    model.load_flat(taps[::-1].astype(np.float32))  # the last weight meets the newest sample
    return model, None


def _fit_dynamics(config: Config, notes: NoteSplit) -> tuple[CausalNetwork, TrainedLevel]:
    dry, wet = _in_a_row([*notes.training, *notes.validation], config)
    begin, end = len(_in_a_row(notes.training, config)[0]), len(dry)
    model = fit_dynamics(dry, wet, config.sample_rate_hz, [(0, begin)], [(begin, end)])
    if DynamicsSize(**model.network) != config.size:
        raise Error(
            f"{config.name}: the best fit is {model.network}, and the config says another size"
        )
    peaks = (peak_db(float(np.abs(sound[:begin]).max())) for sound in (dry, wet))
    return model, TrainedLevel("nonlinear", *peaks)


def _in_a_row(notes: Sequence[Note], config: Config) -> tuple[Samples, Samples]:
    """Dry and wet [samples]."""
    pause = np.zeros(round(PAUSE_S * config.sample_rate_hz), np.float32)
    dry = np.concatenate([part for note in notes for part in (note.dry, pause)])
    target = TARGETS[config.target]
    return dry, target.rendered(dry, config.sample_rate_hz, config.delay_compensated)
