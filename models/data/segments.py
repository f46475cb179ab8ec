"""Sound as segments with the past that decides about them: what causal networks learn from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ...plugin_core.errors import Error
from .note import Note


class Segments:
    """Segments of some notes, dry and wet, drawn at random, anywhere with the same probability.

    A segment has `past_samples` more of the dry sound before it. Before a note there is silence, or
    else something that is not known: then its first samples are only the past of what follows.
    """

    def __init__(
        self,
        notes: Sequence[Note],
        segment_samples: int,
        past_samples: int,
        silence_before: bool = True,
    ) -> None:
        self.segment_samples, self.past_samples = segment_samples, past_samples
        silence = np.zeros(past_samples if silence_before else 0, dtype=np.float32)
        dry, wet, starts = [], [], []
        length = 0
        for note in notes:
            assert note.wet is not None
            samples = len(silence) + len(note.dry)
            last = length + samples - past_samples - segment_samples
            starts.append(np.arange(length, last + 1))
            dry += [silence, note.dry]
            wet += [silence, note.wet]
            length += samples
        self.dry = torch.from_numpy(np.concatenate(dry))
        self.wet = torch.from_numpy(np.concatenate(wet))
        self.starts = torch.from_numpy(np.concatenate(starts))
        if not len(self.starts):
            raise Error(
                f"no sound is long enough: the model learns from {segment_samples} samples and the "
                f"{past_samples} before them; give longer recordings, or a smaller segment_samples"
            )

    def __len__(self) -> int:
        return len(self.starts)

    def to(self, device: torch.device) -> Segments:
        """The same segments with their sound on `device`; drawing is the same everywhere."""
        self.dry, self.wet = self.dry.to(device), self.wet.to(device)
        return self

    def peaks(self) -> tuple[float, float]:
        """The highest sample of all dry and of all wet notes, linear."""
        return float(self.dry.abs().max()), float(self.wet.abs().max())

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """`count` segments: dry [count, past + segment], wet [count, segment]."""
        return self._cut(torch.randint(len(self), (count,), generator=generator))

    def spread(self, count: int) -> tuple[Tensor, Tensor]:
        """At most `count` segments from all over the notes, that do not overlap, as `draw` does."""
        apart, end = [], -1
        for index, start in enumerate(self.starts.tolist()):
            if start >= end:
                apart.append(index)
                end = start + self.segment_samples
        chosen = np.unique(np.linspace(0, len(apart) - 1, count).round().astype(int))
        return self._cut(torch.tensor(apart)[chosen])

    def _cut(self, index: Tensor) -> tuple[Tensor, Tensor]:
        past, segment = self.past_samples, self.segment_samples
        starts = self.starts[index].to(self.dry.device)
        dry = self.dry.unfold(0, past + segment, 1)[starts]
        return dry, self.wet[past:].unfold(0, segment, 1)[starts]
