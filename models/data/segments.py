"""Sound as segments with the past that decides about them: what causal networks learn from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ...plugin_core.errors import Error
from .batch import Batch
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
        dry, wet, starts, owners = [], [], [], []
        length = 0
        for number, note in enumerate(notes):
            assert note.wet is not None
            samples = len(silence) + len(note.dry)
            last = length + samples - past_samples - segment_samples
            starts.append(np.arange(length, last + 1))
            owners.append(np.full(len(starts[-1]), number))
            dry += [silence, note.dry]
            wet += [silence, note.wet]
            length += samples
        self.dry = torch.from_numpy(np.concatenate(dry))
        self.wet = torch.from_numpy(np.concatenate(wet))
        self.starts = torch.from_numpy(np.concatenate(starts))
        self.owners = torch.from_numpy(np.concatenate(owners))
        self.conditions = torch.tensor([note.conditions for note in notes])
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

    def draw(self, count: int, generator: torch.Generator) -> Batch:
        """`count` segments: dry [count, past + segment], wet [count, segment].

        The conditions are those of the notes that they are from.
        """
        return self._cut(torch.randint(len(self), (count,), generator=generator))

    def spread(self, count: int) -> Batch:
        """At most `count` segments from all over the notes, that do not overlap, as `draw` does."""
        apart, end = [], -1
        for index, start in enumerate(self.starts.tolist()):
            if start >= end:
                apart.append(index)
                end = start + self.segment_samples
        chosen = np.unique(np.linspace(0, len(apart) - 1, count).round().astype(int))
        return self._cut(torch.tensor(apart)[chosen])

    def _cut(self, index: Tensor) -> Batch:
        past, segment = self.past_samples, self.segment_samples
        starts = self.starts[index].to(self.dry.device)
        dry = self.dry.unfold(0, past + segment, 1)[starts]
        wet = self.wet[past:].unfold(0, segment, 1)[starts]
        if not self.conditions.shape[1]:
            return Batch(dry, wet)
        return Batch(dry, wet, self.conditions[self.owners[index]].to(dry.device))
