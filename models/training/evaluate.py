"""Figures of an effect on held-out notes, played by the engine: the papers' and ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ...plugin_core import Effect
from ...plugin_core.samples import Samples
from ..data.note import Note
from ..losses import paper_terms
from ..offline import periodic_hann

USUAL_FRAME_SAMPLES = 1024  # the papers', for the figures of effects that have none


@dataclass(frozen=True)
class Figures:
    """Differences of a sound from its target, over all notes together.

    kl, mse, mae as in `losses.paper_terms`, over Hann-windowed frames at a quarter of their size;
    `esr` over all samples, `median_esr` of the notes' own.
    """

    kl: float
    mse: float
    mae: float
    esr: float
    median_esr: float

    @property
    def paper_loss(self) -> float:
        """The sum: kl + mse + mae."""
        return self.kl + self.mse + self.mae


def evaluate(effect: Effect, notes: Sequence[Note]) -> tuple[Figures, Figures]:
    """Figures of the effect, and of the unprocessed input, on notes with their targets."""
    rate_hz = effect.contract.sample_rate_hz
    played = [effect(note.dry, rate_hz) for note in notes]
    wanted = [_wet(note) for note in notes]
    is_causal = effect.contract.form == "causal"
    frame = USUAL_FRAME_SAMPLES if is_causal else effect.contract.frame_size_samples
    return compare(played, wanted, frame), compare([note.dry for note in notes], wanted, frame)


def compare(played: Sequence[Samples], wanted: Sequence[Samples], frame_size: int) -> Figures:
    """Figures of sounds [samples each] against their targets, each of the same length."""
    terms, weights, errors, powers = [], [], [], []
    for out, target in zip(played, wanted, strict=True):
        frames = _frames(out, frame_size), _frames(target, frame_size)
        terms.append([float(term) for term in paper_terms(*frames)])
        weights.append(len(frames[0]))
        errors.append(float(np.square(out - target, dtype=np.float64).sum()))
        powers.append(float(np.square(target, dtype=np.float64).sum()))
    kl, mse, mae = np.average(terms, axis=0, weights=weights)
    return Figures(
        float(kl),
        float(mse),
        float(mae),
        sum(errors) / sum(powers),
        float(np.median(np.divide(errors, powers))),
    )


def _frames(audio: Samples, frame_size: int) -> torch.Tensor:
    padded = np.pad(audio, (0, max(0, frame_size - len(audio))))
    frames: torch.Tensor = torch.from_numpy(padded).unfold(0, frame_size, frame_size // 4)
    return frames * periodic_hann(frame_size)


def _wet(note: Note) -> Samples:
    if note.wet is None:
        raise ValueError(f"The note '{note.name}' has no target.")
    return note.wet
