"""The training loop: draw frames or segments, step, validate, keep the best, save.

As in DAFx 2018, section 3, by stages: Adam, early stopping. What differs, measured (models/configs/
has the recipes): frames drawn by loudness (`models/data/frames.py`), and a loss relative to each
frame's power before the paper's own, which quiet frames dominate at first. Which parts of a model a
stage runs, and what is added to the loss, is its family's to say.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ...plugin_core.errors import Error
from ..data.batch import Batch
from ..data.frames import Frames
from ..data.segments import Segments
from ..families.family import TrainingMode
from ..losses import LOSSES, esr
from ..schedule import cosine_schedule
from . import checkpoint
from .checkpoint import Checkpoint, Progress, Weights
from .config import Config, Stage
from .native import kernels_for, play_with
from .trained_level import trained_level

# Frames that fit into the cache: larger batches are split, and their gradients accumulated.
CACHED_FRAMES = 16
WARM_UP_STEPS = 50
WORTH_COMPILING_STEPS = 1000  # compiling takes some twenty seconds
LAST_LEARNING_RATE = 0.03  # of the first
MAX_GRADIENT = 1.0
TIMED_STEPS = 7
MIXED_RANGE_DB = 30.0
BETAS = (0.9, 0.99)


@dataclass(frozen=True)
class Report:
    """The progress of a training; ESRs in dB, of the last validation and of the best weights."""

    stage: Stage
    stage_index: int
    step: int
    steps_done: int
    seconds: float
    validation_esr_db: float
    best_esr_db: float


class Trainer:
    """Trains the model of a config and saves it to `path` regularly.

    A trainer with the same config and path resumes where the last one stopped, bit for bit on a CPU
    with the same number of threads. A new one starts with the weights `first`, if given.
    Raise tonecast.Error if `path` holds something else.

    `clock` is what seconds are counted by; benchmarks take that of the processor.
    """

    clock = staticmethod(time.monotonic)

    def __init__(
        self,
        config: Config,
        training: Frames | Segments,
        validation: Frames | Segments,
        path: Path,
        device: str = "cpu",
        first: Weights | None = None,
    ) -> None:
        self.config, self.path, self.device = config, path, torch.device(device)
        self.training = training.to(self.device)
        self.trained_level = trained_level(config, training)
        self.stop_requested = False
        torch.manual_seed(config.seed)
        self.family = config.family
        self.modes = self.family.training_modes()
        self.model: nn.Module = self.family.build(config.size).to(self.device)
        if first is not None:
            self.model.load_state_dict(first)
        if sum(stage.steps for stage in config.stages) >= WORTH_COMPILING_STEPS:
            self.family.compile(self.model)
        on_cpu = self.device.type == "cpu"
        self.kernels = kernels_for(self.model, torch.get_num_threads()) if on_cpu else None
        self.generator = torch.Generator().manual_seed(config.seed)
        self.validation = _validation(validation.to(self.device), config)
        self.progress = Progress()
        self._begin_stage()
        if path.exists():
            self._resume(checkpoint.load(path))

    @property
    def finished(self) -> bool:
        """Whether all stages are done."""
        return self.progress.stage_index >= len(self.config.stages)

    @property
    def samples_per_step(self) -> int:
        """How much of the wet sound a step learns from."""
        return self.config.batch_frames * self.validation.wet.shape[1]

    def run(self, report: Callable[[Report], None] = lambda _: None) -> None:
        """Train until finished or until `stop_requested`; then save to `path`.

        Raise tonecast.Error if the loss is no longer a number (the last good state is kept) or if
        saving fails.
        """
        progress, since = self.progress, self.clock()
        while not self.finished and not self.stop_requested:
            stage = self.config.stages[progress.stage_index]
            self._train_step(stage)
            now = self.clock()
            progress.seconds, since = progress.seconds + now - since, now
            ends = progress.step == stage.steps
            if ends or progress.step % self.config.validate_every_steps == 0:
                self._validate(stage)
                report(self._report(stage))
                if ends or progress.without_better >= stage.patience:
                    self._end_stage()
                self.save()
            else:
                report(self._report(stage))
        self.save()

    def seconds_per_step(self) -> float:
        """The quickest of a few steps: other programs disturb the rest.

        They are not saved: take another trainer to train.
        """
        times_s = []
        for _ in range(TIMED_STEPS):
            begin_s = self.clock()
            self._train_step(self.config.stages[0])
            times_s.append(self.clock() - begin_s)
        return min(times_s)

    def save(self) -> None:
        """Write the checkpoint. Raise tonecast.Error."""
        progress: dict[str, Any] = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict() if not self.finished else None,
            "generator": self.generator.get_state(),
            **asdict(self.progress),
        }
        checkpoint.save(Checkpoint(self.config, self.best, progress, self.trained_level), self.path)

    def _train_step(self, stage: Stage) -> None:
        batch = self._draw()
        step = self.progress.step
        warm = (step + 1) / WARM_UP_STEPS
        rate = stage.learning_rate * cosine_schedule(step, stage.steps, warm, LAST_LEARNING_RATE)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad()
        loss_of, mode = LOSSES[stage.loss], self.modes[stage.mode]
        total = 0.0
        for part in self._parts(batch):
            if mode.reconstructs:
                both = torch.cat([part.dry[::2], part.wet[1::2]])
                part = Batch(both, both)
            loss = loss_of(*part.compared(self._play(mode, part))) + self._penalty()
            loss = loss * (len(part.dry) / len(batch.dry))
            loss.backward()  # type: ignore[no-untyped-call]
            total += loss.item()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), MAX_GRADIENT)
        if not math.isfinite(total) or not math.isfinite(norm):
            raise Error(
                f"the loss is not a number any more at step {self.progress.step} of "
                f"'{stage.name}'; {self.path} keeps the last good state; try a smaller "
                f"learning_rate"
            )
        self.optimizer.step()
        self.progress.step += 1
        self.progress.steps_done += 1

    def _parts(self, batch: Batch) -> Iterator[Batch]:
        """A batch in parts that fit into the cache, which kernels of our own look after."""
        if self.device.type != "cpu":
            some = len(batch.dry)
        else:
            some = CACHED_FRAMES if self.kernels is None else self.config.batch_frames
        return batch.parts(some)

    def _play(self, mode: TrainingMode[Any], batch: Batch) -> Tensor:
        """What the model makes of a batch; of segments without the past before them."""
        dry, wet, conditions, *_ = batch
        past = dry.shape[1] - wet.shape[1]
        if self.kernels is not None:
            return play_with(self.kernels, self.model, dry, past, conditions)
        given = () if conditions is None else (conditions,)
        return mode.run(self.model, dry, *given)[:, past:]

    def _draw(self) -> Batch:
        """A batch, dry and wet [batch, frame]; a share is mixed with others up to 30 dB quieter."""
        count, share = self.config.batch_frames, self.config.data.mixtures
        batch = self.training.draw(count, self.generator)
        if not share:
            return batch
        more = self.training.draw(count, self.generator)
        level_db, chance = torch.rand(2, count, 1, generator=self.generator)
        gain = (10 ** (-MIXED_RANGE_DB * level_db / 20) * (chance < share)).to(self.device)
        return Batch(batch.dry + gain * more.dry, batch.wet + gain * more.wet)

    def _penalty(self) -> Tensor | float:
        """The weighted penalty of the family, which is added to the loss."""
        weight = self.config.curve_penalty
        return weight * self.family.penalty(self.model) if weight else 0.0

    def _validate(self, stage: Stage) -> None:
        batch = self.validation
        mode, progress = self.modes[stage.mode], self.progress
        if mode.reconstructs:
            batch = Batch(batch.dry, batch.dry)
        with torch.no_grad():
            played = torch.cat([self._play(mode, part) for part in self._parts(batch)])
            out, wanted = batch.compared(played)
            loss = float(LOSSES[stage.loss](out, wanted))
        progress.validation_esr = float(esr(out, wanted))
        if not math.isfinite(loss) or not math.isfinite(progress.validation_esr):
            raise Error(
                f"the model's output is not a number any more at step {progress.step} of "
                f"'{stage.name}'; {self.path} keeps the last good state; try a smaller "
                f"learning_rate"
            )
        if loss < progress.best_loss:
            progress.best_loss, progress.best_esr = loss, progress.validation_esr
            self.best, progress.without_better = self._copy(), 0
        else:
            progress.without_better += 1
        progress.history.append(
            {
                "stage": progress.stage_index,
                "step": progress.step,
                "seconds": progress.seconds,
                "loss": loss,
                "esr": progress.validation_esr,
            }
        )

    def _begin_stage(self) -> None:
        """Make an optimizer; keep the best weights if loss and mode are those of the last stage."""
        progress, stages = self.progress, self.config.stages
        asked = [(stage.loss, stage.mode) for stage in stages]
        fused = self.device.type == "cpu"
        self.optimizer = torch.optim.Adam(self.model.parameters(), betas=BETAS, fused=fused)
        progress.step = progress.without_better = 0
        index = progress.stage_index
        if index == 0 or asked[index - 1] != asked[index]:
            progress.best_loss = progress.best_esr = progress.validation_esr = math.inf
            self.best = self._copy()

    def _end_stage(self) -> None:
        """Continue with the best weights."""
        self.model.load_state_dict(self.best)
        self.progress.stage_index += 1
        if not self.finished:
            self._begin_stage()

    def _resume(self, found: Checkpoint) -> None:
        if found.config != self.config or found.progress is None:
            raise Error(
                f"{self.path} was trained with another config; move it away or give another --out"
            )
        state = found.progress
        self.model.load_state_dict(state["model"])
        if state["optimizer"] is not None:
            self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"])
        self.progress = Progress.from_dict(state)
        self.best = {name: value.to(self.device) for name, value in found.best.items()}

    def _copy(self) -> dict[str, Tensor]:
        return {name: value.clone() for name, value in self.model.state_dict().items()}

    def _report(self, stage: Stage) -> Report:
        progress = self.progress
        return Report(
            stage,
            progress.stage_index,
            progress.step,
            progress.steps_done,
            progress.seconds,
            decibels(progress.validation_esr),
            decibels(progress.best_esr),
        )


def _validation(sound: Frames | Segments, config: Config) -> Batch:
    if isinstance(sound, Segments):
        return sound.spread(config.validation_frames)
    return sound.draw(config.validation_frames, torch.Generator().manual_seed(config.seed))


def decibels(ratio: float) -> float:
    """A ratio of powers in dB."""
    return 10 * math.log10(ratio) if ratio > 0 else -math.inf
