"""From a pair and a rung to a trainer, with as many steps as fit into the time given."""

from __future__ import annotations

from pathlib import Path

from ....plugin_core.errors import Error
from ...data.pair.pair import Pair
from ...families.causal_family import CausalFamily
from ...training import checkpoint
from ...training.checkpoint import Weights
from ...training.config import Config
from ...training.loop import Trainer
from ...training.session import examples
from ..split import Spans, split_pair
from .config import config_for
from .rungs import Rung

VALIDATION_SHARE = 0.1  # of the time, on top of the steps'
MIN_STEPS = 20
ENOUGH_STEPS = 1500  # to learn: longer segments take fewer of them


def make_rung_trainer(
    pair: Pair,
    spans: Spans,
    name: str,
    rung: Rung,
    minutes: float,
    path: Path,
    device: str = "cpu",
    first: Weights | None = None,
) -> Trainer:
    """The trainer that saves to `path`, begun with the weights `first`, if given.

    A training that was stopped resumes with its own number of steps. Raise tonecast.Error if `path`
    holds the training of another pair, or of something else.
    """

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
        return Trainer(plan, training, validation, path, device, first)

    if path.exists():
        begun = checkpoint.load(path).config
        plan = config_for(pair, name, rung, begun.stages[0].steps, begun.segment_samples)
        if plan != begun:
            raise Error(
                f"{path} is the training of something else, not of {pair.credit}; move it away or "
                f"give another --name"
            )
        return make(plan)
    for segment_samples in rung.segments_samples:
        segment_samples = min(segment_samples, spans.shortest_samples)
        step_s = make(config_for(pair, name, rung, MIN_STEPS, segment_samples)).seconds_per_step()
        steps = int(60 * minutes * (1 - VALIDATION_SHARE) / step_s)
        if steps >= ENOUGH_STEPS:
            break
    return make(config_for(pair, name, rung, max(MIN_STEPS, steps), segment_samples))
