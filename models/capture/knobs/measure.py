"""The error of an effect at each setting of its knobs, played by the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....plugin_core import Effect
from ....plugin_core.samples import Samples
from ...data.knob import Knob
from ...data.pair.baselines import esr_db
from ..figures import verdict_of
from .settings import Setting


@dataclass(frozen=True)
class Measured:
    """ESRs in dB at a setting, on the test parts of its recording."""

    values: tuple[float, ...]
    is_held_out: bool
    effect_db: float
    unprocessed_db: float

    @property
    def esr(self) -> float:
        """The effect's error-to-signal ratio."""
        return 10 ** (self.effect_db / 10)

    @property
    def verdict(self) -> str:
        """The ESR in a word."""
        return verdict_of(self.esr)


def effect_at(path: Path, knobs: Sequence[Knob], setting: Setting) -> Effect:
    """The effect with its knobs at a setting; without knobs there is nothing to set."""
    effect = Effect(path)
    for knob, value in zip(knobs, setting.values, strict=bool(knobs)):
        setattr(effect, knob.name, value)
    return effect


def measure(path: Path, knobs: Sequence[Knob], settings: Sequence[Setting]) -> tuple[Measured, ...]:
    """The figures at all settings, those held out as well."""
    found = []
    for setting in settings:
        pair = setting.pair
        played = effect_at(path, knobs, setting)(pair.dry, pair.sample_rate_hz)
        out, wanted, dry = (_tested(sound, setting) for sound in (played, pair.wet, pair.dry))
        found.append(
            Measured(setting.values, setting.is_held_out, esr_db(out, wanted), esr_db(dry, wanted))
        )
    return tuple(found)


def _tested(sound: Samples, setting: Setting) -> Samples:
    return np.concatenate([sound[begin:end] for begin, end in setting.spans.test])
