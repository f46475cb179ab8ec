"""From a pair and a rung to a trainer, with as many steps as fit into the time given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ....plugin_core.errors import Error
from ...data.pair.pair import Pair
from ...data.split import NoteSplit
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

    def plan(steps: int = 1, segment_samples: int = 8192) -> Config:
        return config_for(pair, name, rung, steps, segment_samples)

    def split(past_samples: int) -> NoteSplit:
        return split_pair(pair, spans, past_samples)

    return make_timed_trainer(
        plan, split, spans.shortest_samples, rung, minutes, path, device, first
    )


class Plan(Protocol):
    """The configuration of a training of so many steps."""

    def __call__(self, steps: int = 1, segment_samples: int = 8192) -> Config:
        """The same but for these two."""


def make_timed_trainer(
    plan: Plan,
    split: Callable[[int], NoteSplit],
    shortest_samples: int,
    rung: Rung,
    minutes: float,
    path: Path,
    device: str = "cpu",
    first: Weights | None = None,
) -> Trainer:
    """The trainer of a plan, with as many steps as fit into the time; see `make_rung_trainer`.

    `split` gives the notes with so many samples of the past before each, of which the shortest has
    `shortest_samples`.
    """

    def make(config: Config) -> Trainer:
        family, past_samples = config.family, 0
        if isinstance(family, CausalFamily):
            past_samples = family.prewarm_samples(config.size)
        notes = split(past_samples)
        training, validation = (
            examples(side, config, silence_before=False)
            for side in (notes.training, notes.validation)
        )
        return Trainer(config, training, validation, path, device, first)

    if path.exists():
        begun = checkpoint.load(path).config
        config = plan(begun.stages[0].steps, begun.segment_samples)
        if config != begun:
            raise Error(
                f"{path} is the training of something else, not of {config.data.credit}; move it "
                f"away or give another --name"
            )
        return make(config)
    for segment_samples in rung.segments_samples:
        segment_samples = min(segment_samples, shortest_samples)
        step_s = make(plan(MIN_STEPS, segment_samples)).seconds_per_step()
        steps = int(60 * minutes * (1 - VALIDATION_SHARE) / step_s)
        if steps >= ENOUGH_STEPS:
            break
    return make(plan(max(MIN_STEPS, steps), segment_samples))
