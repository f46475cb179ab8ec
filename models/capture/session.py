"""From a pair and a rung to a trainer, with as many steps as fit into the time given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ...plugin_core.errors import Error
from ..data.pair.pair import Pair
from ..families.causal_family import CausalFamily
from ..training import checkpoint
from ..training.config import Config
from ..training.loop import Trainer
from ..training.session import examples
from .config import config_for
from .rungs import Rung
from .split import Spans, split_pair

VALIDATION_SHARE = 0.1  # of the time, on top of the steps'
MIN_STEPS = 20


def make_trainer(
    pair: Pair,
    spans: Spans,
    name: str,
    rung: Rung,
    minutes: float,
    path: Path,
    device: str = "cpu",
) -> Trainer:
    """The trainer that saves to `path`.

    A training that was stopped resumes with its own number of steps. Raise tonecast.Error if `path`
    holds the training of another pair, or of something else.
    """

    def plan_for(steps: int) -> Config:
        plan = config_for(pair, name, rung, steps)
        segment_samples = min(plan.segment_samples, spans.shortest_samples)
        return replace(plan, segment_samples=segment_samples)

    def make(plan: Config) -> Trainer:
        family = plan.family
        past_samples = 0
        if isinstance(family, CausalFamily):
            past_samples = family.prewarm_samples(plan.size)
        notes = split_pair(pair, spans, past_samples)
        training, validation = (
            examples(side, plan, silence_before=False)
            for side in (notes.training, notes.validation)
        )
        return Trainer(plan, training, validation, path, device)

    if path.exists():
        begun = checkpoint.load(path).config
        plan = plan_for(begun.stages[0].steps)
        if plan != begun:
            raise Error(
                f"{path} is the training of something else, not of {pair.credit}; move it away or "
                f"give another --name"
            )
        return make(plan)
    step_s = make(plan_for(MIN_STEPS)).seconds_per_step()
    return make(plan_for(max(MIN_STEPS, int(60 * minutes * (1 - VALIDATION_SHARE) / step_s))))
