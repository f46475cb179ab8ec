"""Checkpoints of a training: the best weights, and the state to resume from."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ...plugin_core.atomic_write import atomic_write
from ...plugin_core.effect_files.contract import TrainedLevel
from ...plugin_core.errors import Error
from .config import Config

FORMAT = "tonecast checkpoint 1"

Weights = Mapping[str, Tensor]


@dataclass
class Progress:
    """The progress of a training; ESRs are ratios.

    `step` counts in the stage, `steps_done` in all, `without_better` validations since the best.
    `history` has an entry for each validation: stage, step, seconds, loss, esr.
    """

    stage_index: int = 0
    step: int = 0
    steps_done: int = 0
    seconds: float = 0.0
    best_loss: float = math.inf
    best_esr: float = math.inf
    validation_esr: float = math.inf
    without_better: int = 0
    history: list[dict[str, float]] = field(default_factory=list)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Progress:
        """The fields that `dataclasses.asdict` wrote, others ignored. Raise KeyError."""
        return cls(**{one.name: values[one.name] for one in fields(cls)})


@dataclass(frozen=True)
class Checkpoint:
    """The state of a training.

    `best` holds the weights with the lowest validation loss of the last stage begun; `progress` is
    the loop's own record: the fields of `Progress`, and the states of model, optimizer and random
    generator. It is `None` where the training cannot be resumed. `trained_level` is that of the
    training frames, `None` in checkpoints from before it was kept.
    """

    config: Config
    best: Weights
    progress: dict[str, Any] | None
    trained_level: TrainedLevel | None = None

    def figures(self) -> dict[str, float]:
        """Figures of the best weights: their ESR on validation frames."""
        esr = (self.progress or {}).get("best_esr", math.inf)
        return {"validation_esr": esr} if math.isfinite(esr) else {}

    def model(self) -> nn.Module:
        """The model with its best weights, ready to play."""
        model: nn.Module = self.config.family.build(self.config.size)
        model.load_state_dict(self.best)
        return model.eval()


def save(checkpoint: Checkpoint, path: Path) -> None:
    """Write a checkpoint; if that fails, the previous one is kept. Raise tonecast.Error."""
    content = {
        "format": FORMAT,
        "config": checkpoint.config.as_dict(),
        "best": dict(checkpoint.best),
        "progress": checkpoint.progress,
        "trained_level": asdict(checkpoint.trained_level) if checkpoint.trained_level else None,
    }
    try:
        with atomic_write(path) as draft, draft.open("wb") as file:
            torch.save(content, file)
            file.flush()
            os.fsync(file.fileno())
    except (OSError, RuntimeError) as error:  # PyTorch's own writer raises RuntimeError
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Error(f"{path}: cannot be saved: {reason}; the previous one is untouched") from None


def load(path: Path) -> Checkpoint:
    """Read a checkpoint. Raise tonecast.Error for anything else, and for incomplete ones."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Error(f"{path}: cannot be read: {error.strerror}") from None
    try:
        content = torch.load(BytesIO(data), map_location="cpu", weights_only=True)
    except Exception:  # PyTorch's unpickler may raise anything
        raise Error(f"{path}: not a checkpoint, or not all of one; train again") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Error(f"{path}: not a checkpoint of tonecast")
    try:
        level = content.get("trained_level")
        found = Checkpoint(
            Config.from_dict(content["config"]),
            content["best"],
            content["progress"],
            TrainedLevel(**level) if level else None,
        )
        found.model()
    except Error as error:
        raise Error(f"{path}: {error}") from None
    except (KeyError, TypeError, ValueError, RuntimeError):
        raise Error(f"{path}: a checkpoint of another architecture; train again") from None
    return found
