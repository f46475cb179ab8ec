"""Notes as windowed frames: the examples of training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ...plugin_core.effect_files.contract import Window
from ...plugin_core.effect_files.windows import make_window
from .batch import Batch
from .note import Note

# Relative to the loudest: frames below this are never drawn, as they hold rounding errors only.
QUIETEST_POWER = 1e-7


class Frames:
    """All overlapping frames of some notes, dry and wet, in the same window, drawn at random.

    A frame is drawn with a probability in proportion to its RMS: in proportion to its power, which
    would match an error over all samples, quiet notes would hardly ever be drawn; uniformly, most
    of the time would go into inaudible tails.
    """

    def __init__(
        self, notes: Sequence[Note], frame_size: int, hop_size: int, window: Window = "hann"
    ) -> None:
        self.frame_size = frame_size
        self.window = torch.from_numpy(make_window(window, frame_size))
        margin = np.zeros(frame_size - hop_size, dtype=np.float32)
        dry, wet, starts = [], [], []
        length = 0
        for note in notes:
            assert note.wet is not None
            padded = len(note.dry) + 2 * len(margin)
            starts.append(np.arange(length, length + padded - frame_size + 1, hop_size))
            dry += [margin, note.dry, margin]
            wet += [margin, note.wet, margin]
            length += padded
        self.dry = torch.from_numpy(np.concatenate(dry))
        self.wet = torch.from_numpy(np.concatenate(wet))
        self.starts = torch.from_numpy(np.concatenate(starts))
        power = torch.cat([self._power(some) for some in torch.split(self.starts, 1 << 14)])
        chance = torch.where(power > QUIETEST_POWER * power.max(), power.sqrt(), 0)
        self.cumulative = (chance / chance.sum()).cumsum(0)

    def __len__(self) -> int:
        return len(self.starts)

    def to(self, device: torch.device) -> Frames:
        """The same frames with their sound on `device`; drawing is the same everywhere."""
        self.dry, self.wet, self.window = (
            tensor.to(device) for tensor in (self.dry, self.wet, self.window)
        )
        return self

    def peaks(self) -> tuple[float, float]:
        """The highest sample of all dry and of all wet notes, linear, before the window."""
        return float(self.dry.abs().max()), float(self.wet.abs().max())

    def draw(self, count: int, generator: torch.Generator) -> Batch:
        """`count` frames, windowed: dry and wet [count, frame_size]."""
        drawn = torch.rand(count, generator=generator, dtype=torch.float64)
        index = torch.searchsorted(self.cumulative, drawn).clamp_(max=len(self) - 1)
        starts = self.starts[index]
        return Batch(self._cut(self.dry, starts), self._cut(self.wet, starts))

    def _cut(self, audio: Tensor, starts: Tensor) -> Tensor:
        return audio.unfold(0, self.frame_size, 1)[starts.to(audio.device)] * self.window

    def _power(self, starts: Tensor) -> Tensor:
        return self._cut(self.wet, starts).double().square().mean(dim=1)
