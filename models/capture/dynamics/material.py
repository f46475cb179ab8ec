"""What dynamics are fitted to: as much of a pair as a fit of some seconds can hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....plugin_core import _engine
from ....plugin_core.samples import Samples
from ...data.pair.baselines import Signal
from ..split import Span
from .gained_filter import fit_gained_fir
from .parameters import Vector, plain

MOST_S = 30.0
WARM_S = 1.0  # before each piece, for the gain to get where it was
REFINEMENTS = 1  # of the filter, which begins where it was
LEVEL_S = 5e-3  # of the blocks that levels are taken of
QUIET_DB = -60.0  # relative to the loudest block: noise


@dataclass(frozen=True)
class Material:
    """Sounds [samples] and the spans of them that count."""

    dry: Samples
    wet: Samples
    spans: Sequence[Span]
    sample_rate_hz: int

    def counts(self) -> NDArray[np.bool_]:
        """Whether each sample does, [samples]."""
        inside = np.zeros(len(self.dry), dtype=bool)
        for begin, end in self.spans:
            inside[begin:end] = True
        return inside

    def gain(self, free: Vector, reduces_above: bool) -> Samples:
        """The gain that numbers give over time, as a factor [samples]."""
        return _engine.training.dynamics_gain(plain(free)[0], reduces_above, self.dry)

    def refitted(self, gain: Samples, taps: Signal) -> Signal:
        """The filter for a gain, from another one on."""
        return fit_gained_fir(self.dry, self.wet, gain, self.counts(), taps, REFINEMENTS)

    def level_db(self, quantile: float) -> float:
        """The level of the dry sound that so much of what is not noise stays below."""
        size = round(LEVEL_S * self.sample_rate_hz)
        heard = self.dry[self.counts()]
        blocks = heard[: len(heard) // size * size].reshape(-1, size).astype(np.float64)
        levels_db = 10 * np.log10(np.square(blocks).mean(axis=1) + 1e-20)
        return float(np.quantile(levels_db[levels_db > levels_db.max() + QUIET_DB], quantile))


def material_of(
    dry: Samples, wet: Samples, sample_rate_hz: int, training: Sequence[Span]
) -> Material:
    """All of a pair, or as much of each training part that it comes to `MOST_S` together."""
    wanted = sum(end - begin for begin, end in training)
    share = min(1.0, MOST_S * sample_rate_hz / wanted)
    if share == 1.0:
        return Material(dry, wet, training, sample_rate_hz)
    warm = round(WARM_S * sample_rate_hz)
    pieces, spans, at = [], [], 0
    for begin, end in training:
        first, last = max(0, begin - warm), begin + round(share * (end - begin))
        pieces.append(slice(first, last))
        spans.append((at + begin - first, at + last - first))
        at += last - first
    joined = [np.concatenate([sound[piece] for piece in pieces]) for sound in (dry, wet)]
    return Material(joined[0], joined[1], spans, sample_rate_hz)
