"""From a pair to a trainer, with as many steps as fit into the time given."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import torch

from ...plugin_core.errors import Error
from ..data.frames import Frames
from ..data.pair.pair import Pair
from ..losses import LOSSES
from ..training import checkpoint
from ..training.config import Config
from ..training.loop import CACHED_FRAMES, Trainer
from ..training.session import frames
from .config import config_for
from .split import Spans, spans_of, split_pair

TIMED_STEPS = 7
VALIDATION_SHARE = 0.1  # of the time, on top of the steps'
MIN_STEPS = 20


def make_pair_trainer(
    pair: Pair, name: str, minutes: float, path: Path, device: str = "cpu"
) -> tuple[Trainer, Spans]:
    """The trainer that saves to `path`, and how the pair was split.

    A training that was stopped resumes with its own number of steps. Raise tonecast.Error if `path`
    holds the training of another pair, or of something else.
    """
    plan = config_for(pair, name, steps=1)
    spans = spans_of(pair, plan.frame_format.frame_size_samples)
    notes = split_pair(pair, spans)
    training, validation = (frames(side, plan) for side in (notes.training, notes.validation))
    if path.exists():
        begun = checkpoint.load(path).config
        plan = config_for(pair, name, begun.stages[0].steps)
        if plan != begun:
            raise Error(
                f"{path} is the training of something else, not of {pair.credit}; move it away or "
                f"give another --name"
            )
    else:
        plan = config_for(pair, name, steps_in(minutes, plan, training, device))
    return Trainer(plan, training, validation, path, device), spans


def steps_in(minutes: float, plan: Config, training: Frames, device: str) -> int:
    """How many steps fit into `minutes`, by the speed of a few of them."""
    model = plan.family.build(plan.size).to(device)
    generator = torch.Generator().manual_seed(plan.seed)
    loss_of = LOSSES[plan.stages[0].loss]
    times_s = []
    for _ in range(TIMED_STEPS):
        dry, wet = (sound.to(device) for sound in training.draw(plan.batch_frames, generator))
        begin = time.monotonic()
        some = CACHED_FRAMES if device == "cpu" else len(dry)
        for x, y in zip(torch.split(dry, some), torch.split(wet, some), strict=True):
            loss = loss_of(model(x), y)
            loss.backward()  # type: ignore[no-untyped-call]
        loss.item()  # waits for the device
        times_s.append(time.monotonic() - begin)
    return max(MIN_STEPS, int(60 * minutes * (1 - VALIDATION_SHARE) / median(times_s)))
