"""The ladder: what is tried on a pair, and what of it becomes the effect.

    filter ── anything left? ── shaper ── dynamics ── WaveNet ── the best of all

Filter and dynamics are fitted, the others have their share of the time. All are exported and played
by the engine, so they are measured as they will be heard.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....export.cost import core_share
from ....plugin_core import Effect
from ....plugin_core.errors import Error
from ...data.pair.baselines import esr_db
from ...data.pair.causality import causal_pair
from ...data.pair.pair import Pair
from ...release.checkpoint import export_checkpoint
from ...training import checkpoint
from ...training.config import Config
from ...training.loop import Trainer
from ..split import Spans
from .dynamics_rung import fit_dynamics_rung
from .filter_rung import fit_filter_rung
from .limits import Limits, affordable
from .rungs import DYNAMICS, FILTER, SHAPER, Rung
from .session import make_rung_trainer
from .shaper_rung import shaper_start
from .tried import Tried, read_tried, write_tried

FITTED = {FILTER: fit_filter_rung, DYNAMICS: fit_dynamics_rung}
NOTHING_LEFT_DB = -60.0
AS_GOOD_DB = 0.5  # more error than the least: the cheapest of those is the effect


@dataclass
class Ladder:
    """A pair on its way up; all that is tried lies in `folder`.

    `train` runs a trainer to its end, `on_plan` gets each configuration before that, and `on_tried`
    each result.
    """

    pair: Pair
    spans: Spans
    name: str
    folder: Path
    train: Callable[[Trainer], None]
    device: str
    on_plan: Callable[[Config], None]
    on_tried: Callable[[Tried], None]

    def __post_init__(self) -> None:
        """Raise tonecast.Error if the folder is of another pair."""
        self.causal_pair, self.causality = causal_pair(self.pair)
        self.tried = read_tried(self.folder, self.pair.credit)

    def climb(self, minutes: float, limits: Limits) -> Tried:
        """The best of what the limits allow.

        Raise tonecast.Error if that is nothing, or a training ends early.
        """
        rungs = affordable(limits, self.pair, self.name)
        shares = sum(rung.share for rung in rungs) or 1.0
        allowed: list[Tried] = []  # an earlier run may have tried more
        for rung in rungs:
            allowed.append(self._try(rung, minutes * rung.share / shares))
            if allowed[-1].esr_db <= NOTHING_LEFT_DB:
                break
        least_db = min(one.esr_db for one in allowed)
        good = [one for one in allowed if one.esr_db <= least_db + AS_GOOD_DB]
        return min(good, key=lambda one: one.core_share)

    def path(self, name: str, suffix: str) -> Path:
        """The checkpoint `pt` or the effect `onnx` of what was tried by that name."""
        return self.folder / f"{name.replace(' ', '-').lower()}.{suffix}"

    def pair_for(self, one: Rung | Tried) -> Pair:
        """The pair as a rung hears it: without latency there is no future to hear."""
        return self.causal_pair if one.is_causal else self.pair

    def _try(self, rung: Rung, minutes: float) -> Tried:
        for one in self.tried:
            if one.name == rung.name:
                return one
        path, pair = self.path(rung.name, "pt"), self.pair_for(rung)
        if rung in FITTED:
            seconds = FITTED[rung](pair, self.spans, self.name, path)
        else:
            first = shaper_start(pair, self.spans) if rung == SHAPER else None
            trainer = make_rung_trainer(
                pair, self.spans, self.name, rung, minutes, path, self.device, first
            )
            self.on_plan(trainer.config)
            self.train(trainer)
            if not trainer.finished:
                raise Error(f"{path}: the training has not finished; run it again to resume it")
            seconds = trainer.progress.seconds
        tried = self._measured(rung, seconds)
        self.tried.append(tried)
        write_tried(self.folder, self.pair.credit, self.tried)
        self.on_tried(tried)
        return tried

    def _measured(self, rung: Rung, seconds: float) -> Tried:
        path, pair = self.path(rung.name, "onnx"), self.pair_for(rung)
        export_checkpoint(checkpoint.load(self.path(rung.name, "pt")), path)
        effect = Effect(path)
        played = effect(pair.dry, pair.sample_rate_hz)
        parts = [slice(begin, end) for begin, end in self.spans.validation]
        out, wanted = (np.concatenate([s[part] for part in parts]) for s in (played, pair.wet))
        return Tried(
            rung.name,
            rung.is_causal,
            esr_db(out, wanted),
            core_share(path, pair.sample_rate_hz),
            effect.latency_samples(pair.sample_rate_hz),
            seconds,
        )
