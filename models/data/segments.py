"""Sound as segments with the past that decides about them: what causal networks learn from."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ...plugin_core.errors import Error
from .batch import Batch
from .note import Note

MOST_APART_DB = 60.0


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
        dry, wet, firsts, counts = [], [], [], []
        length = 0
        for note in notes:
            assert note.wet is not None
            samples = len(silence) + len(note.dry)
            firsts.append(length)  # of the places where a segment of this note may begin
            counts.append(max(0, samples - past_samples - segment_samples + 1))
            dry += [silence, note.dry]
            wet += [silence, note.wet]
            length += samples
        self.dry = torch.from_numpy(np.concatenate(dry))
        self.wet = torch.from_numpy(np.concatenate(wet))
        self.firsts, self.counts = torch.tensor(firsts), torch.tensor(counts)
        self.conditions = torch.tensor([note.conditions for note in notes])
        self.levels = _levels(notes) if self.conditions.shape[1] else None
        if not len(self):
            raise Error(
                f"no sound is long enough: the model learns from {segment_samples} samples and the "
                f"{past_samples} before them; give longer recordings, or a smaller segment_samples"
            )

    def __len__(self) -> int:
        return int(self.counts.sum())

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
        ends = self.counts.cumsum(0).tolist()
        apart = torch.cat(
            [
                torch.arange(end - own, end, self.segment_samples)
                for end, own in zip(ends, self.counts.tolist(), strict=True)
            ]
        )
        chosen = np.unique(np.linspace(0, len(apart) - 1, count).round().astype(int))
        return self._cut(apart[chosen])

    def _cut(self, index: Tensor) -> Batch:
        past, segment = self.past_samples, self.segment_samples
        ends = self.counts.cumsum(0)
        owner = torch.searchsorted(ends, index, right=True)
        starts = self.firsts[owner] + index - (ends - self.counts)[owner]
        starts = starts.to(self.dry.device)
        dry = self.dry.unfold(0, past + segment, 1)[starts]
        wet = self.wet[past:].unfold(0, segment, 1)[starts]
        if self.levels is None:
            return Batch(dry, wet)
        own = (self.conditions[owner], self.levels[owner])
        return Batch(dry, wet, *(values.to(dry.device) for values in own))


def _levels(notes: Sequence[Note]) -> Tensor:
    """The RMS of all wet sound of a note's conditions, for each note [notes, 1].

    A knob may turn the sound off: the softest is taken for `MOST_APART_DB` below the loudest.
    """
    energies: defaultdict[tuple[float, ...], float] = defaultdict(float)
    samples: defaultdict[tuple[float, ...], int] = defaultdict(int)
    for note in notes:
        assert note.wet is not None
        energies[note.conditions] += float(np.square(note.wet, dtype=np.float64).sum())
        samples[note.conditions] += len(note.wet)
    rms = {own: math.sqrt(energies[own] / samples[own]) for own in samples}
    least = max(rms.values()) * 10 ** (-MOST_APART_DB / 20)
    return torch.tensor([[max(rms[note.conditions], least)] for note in notes])
