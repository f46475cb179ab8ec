"""Figures of an effect on the held-out part of a pair, played by the engine."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...plugin_core import Effect
from ...plugin_core.samples import Samples
from ..data.pair.baselines import Signal, esr_db, fit_curve, fit_filter
from ..data.pair.device_type import DYNAMIC_GAIN_DB, level_of
from ..data.pair.pair import Pair
from .split import Spans

# As listeners and makers of amplifier models rate it (ESR, as a ratio).
VERDICTS = ((0.01, "great"), (0.035, "good"), (0.1, "fair"), (math.inf, "poor"))
MIN_STFT_SAMPLES = 4096
PRE_EMPHASIS = 0.85

Sound = NDArray[Any]


def verdict_of(esr: float) -> str:
    """An ESR in a word: great, good, fair or poor."""
    return next(word for limit, word in VERDICTS if esr < limit)


@dataclass(frozen=True)
class HeldOut:
    """The sounds of the test [samples each], full scale ±1, its parts concatenated.

    `filtered` and `curved` are the baselines' outputs.
    """

    dry: Samples
    wanted: Samples
    played: Samples
    filtered: Signal
    curved: Signal
    real_time_factor: float
    latency_samples: int


@dataclass(frozen=True)
class PairFigures:
    """ESRs in dB on the held-out part, of the effect, the unprocessed input and the baselines.

    `emphasised_db` is the effect's with high frequencies emphasised as `emphasised` does.
    `levelled_db` is the effect's after each 50 ms were scaled to the target's level. `mr_stft` and
    that of the unprocessed input are `None` where auraloss is not installed.
    """

    effect_db: float
    unprocessed_db: float
    filter_db: float
    curve_db: float
    emphasised_db: float
    levelled_db: float
    mr_stft: float | None
    unprocessed_mr_stft: float | None

    @property
    def esr(self) -> float:
        """The effect's error-to-signal ratio."""
        return 10 ** (self.effect_db / 10)

    @property
    def verdict(self) -> str:
        """The ESR in a word: great, good, fair or poor."""
        return verdict_of(self.esr)

    @property
    def lacks_level(self) -> bool:
        """Whether most of the error is a dynamic gain."""
        return self.effect_db - self.levelled_db >= DYNAMIC_GAIN_DB


def play_held_out(effect: Effect, pair: Pair, spans: Spans) -> HeldOut:
    """Play the whole dry sound through the engine and keep the held-out parts.

    The baselines, a linear filter and a curve after it, are fitted to the training parts only.
    """
    begin = time.perf_counter()
    played = effect(pair.dry, pair.sample_rate_hz)
    pace = len(pair.dry) / pair.sample_rate_hz / (time.perf_counter() - begin)
    learned = fit_filter(*(_joined(sound, spans.training) for sound in (pair.dry, pair.wet)))
    filtered = learned(pair.dry)
    curve = fit_curve(*(_joined(sound, spans.training) for sound in (filtered, pair.wet)))
    return HeldOut(
        dry=_joined(pair.dry, spans.test),
        wanted=_joined(pair.wet, spans.test),
        played=_joined(played, spans.test),
        filtered=_joined(filtered, spans.test),
        curved=_joined(curve(filtered), spans.test),
        real_time_factor=pace,
        latency_samples=effect.latency_samples(pair.sample_rate_hz),
    )


def figures(sounds: HeldOut, sample_rate_hz: int) -> PairFigures:
    """All figures of the held-out part."""
    levelled = sounds.played * level_of(sounds.played, sounds.wanted, sample_rate_hz)
    return PairFigures(
        effect_db=esr_db(sounds.played, sounds.wanted),
        unprocessed_db=esr_db(sounds.dry, sounds.wanted),
        filter_db=esr_db(sounds.filtered, sounds.wanted),
        curve_db=esr_db(sounds.curved, sounds.wanted),
        emphasised_db=esr_db(emphasised(sounds.played), emphasised(sounds.wanted)),
        levelled_db=esr_db(levelled, sounds.wanted),
        mr_stft=mr_stft(sounds.played, sounds.wanted),
        unprocessed_mr_stft=mr_stft(sounds.dry, sounds.wanted),
    )


def emphasised(sound: Samples) -> Samples:
    """1 − 0.85 z⁻¹ of [samples]: what ears weigh more (Wright and Välimäki, ICASSP 2020)."""
    out = sound.copy()
    out[1:] -= PRE_EMPHASIS * sound[:-1]
    return out


def mr_stft(played: Samples, wanted: Samples) -> float | None:
    """Multi-resolution STFT distance (Yamamoto et al. 2020) with auraloss's own sizes.

    Sounds are [samples each]. `None` where auraloss is not installed, or for very short sounds.
    """
    if find_spec("auraloss") is None or len(wanted) < MIN_STFT_SAMPLES:
        return None
    from auraloss.freq import MultiResolutionSTFTLoss

    sounds = (torch.from_numpy(np.ascontiguousarray(s))[None, None] for s in (played, wanted))
    return float(MultiResolutionSTFTLoss()(*sounds))


def _joined(audio: Sound, spans: Sequence[tuple[int, int]]) -> Sound:
    return np.concatenate([audio[begin:end] for begin, end in spans])
