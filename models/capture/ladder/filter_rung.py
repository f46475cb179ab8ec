"""The first rung: a filter in closed form, as long as it has to be; of one tap it is a gain."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ....plugin_core.samples import Samples
from ...data.pair.baselines import Signal, esr_db
from ...data.pair.fir import filtered, fit_fir
from ...data.pair.pair import Pair
from ...families.wavenet.family import LINEAR_FAMILY, LinearSize
from ...training import checkpoint
from ...training.checkpoint import Checkpoint
from ..split import Span, Spans
from .config import config_for
from .rungs import FILTER

LENGTHS = (1, 64, 512, 2048)  # at most half a per cent of a core
WORTH_DB = 1.0  # less error, for a filter to be longer


def fit_filter_rung(pair: Pair, spans: Spans, name: str, path: Path) -> float:
    """Fit it to the training parts and write its checkpoint; return how many seconds it took."""
    begin_s = time.monotonic()
    taps = best_filter(pair.dry, pair.wet, spans.training, spans.validation)
    rung = replace(FILTER, size=lambda rate_hz: LinearSize(len(taps)))
    plan = config_for(pair, name, rung)
    model = LINEAR_FAMILY.build(LinearSize(len(taps)))
    model.load_flat(taps[::-1].astype(np.float32))  # the last weight meets the newest sample
    checkpoint.save(Checkpoint(plan, model.state_dict(), None), path)
    return time.monotonic() - begin_s


def best_filter(
    dry: Samples, wet: Samples, training: Sequence[Span], validation: Sequence[Span]
) -> Signal:
    """The shortest filter, fitted to some spans, that no longer one is much better than in others.

    Both sounds are [samples].
    """

    def error_db(taps: Signal) -> float:
        played = filtered(dry, taps)
        parts = [slice(begin, end) for begin, end in validation]
        return esr_db(*(np.concatenate([sound[p] for p in parts]) for sound in (played, wet)))

    best = fit_fir(dry, wet, training, LENGTHS[0])
    best_db = error_db(best)
    for length in LENGTHS[1:]:
        taps = fit_fir(dry, wet, training, length)
        if (found_db := error_db(taps)) < best_db - WORTH_DB:
            best, best_db = taps, found_db
    return best
