"""Signals for the papers' figures: a held-out note through an effect, a frame inside the model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ...models.data.note import Note
from ...models.families.autoencoder.cae import CAE
from ...models.families.weights import read_model
from ...models.offline import periodic_hann
from ...models.training.config import Config, Data, read_config
from ...models.training.session import prepare
from ...plugin_core import Effect
from ...plugin_core.effect_files.contract import Contract
from ...plugin_core.errors import Error
from ...plugin_core.samples import Samples
from ..papers import CONFIGS

EXCERPT_S = 4.0
FRAME_STEP_SAMPLES = 64  # the papers' hop

Array = NDArray[np.float32]


@dataclass(frozen=True)
class TrainedEffect:
    """A trained effect: its file's contract and weights, and the config that it came from."""

    path: Path
    contract: Contract
    config: Config
    model: CAE

    @classmethod
    def read(cls, path: Path) -> TrainedEffect:
        """The effect in a file. Raise tonecast.Error if there is no config of its name."""
        contract = Effect(path).contract
        config = CONFIGS / f"{contract.name}.toml"
        if not config.exists():
            raise Error(
                f"{path}: models/configs/papers has no {config.name}, so what {contract.name!r} "
                f"should sound like is not known; add the config that it was trained with"
            )
        return cls(path, contract, read_config(config), read_model(path, CAE))


@dataclass(frozen=True)
class Take:
    """The first seconds of a held-out note: dry, target and output [samples each]."""

    note: Note
    real: bool
    sample_rate_hz: int
    dry: Samples
    wet: Samples
    played: Samples

    @property
    def esr_text(self) -> str:
        """Energy of the error over that of the target, in dB."""
        error = np.square(self.played - self.wet, dtype=np.float64).sum()
        esr_db = 10 * np.log10(error / np.square(self.wet, dtype=np.float64).sum())
        return f"{esr_db:.1f} dB".replace("-", "−")


@dataclass(frozen=True)
class Inside:
    """One windowed frame inside the model, named as in DAFx 2018, figure 2.

    `dry`, `wet` and `out` [frame]; `x1` and `gated` (X̂1) [filters, frame]; `z` and `gate` (Ẑ)
    [filters, latent].
    """

    dry: Array
    wet: Array
    out: Array
    x1: Array
    z: Array
    gate: Array
    gated: Array


def play(effect: TrainedEffect) -> Take:
    """The loudest held-out note through the engine, at the effect's own hop."""
    note, real = _loudest_held_out(effect.config)
    rate_hz = effect.contract.sample_rate_hz
    length = round(EXCERPT_S * rate_hz)
    assert note.wet is not None
    dry, wet = note.dry[:length], note.wet[:length]
    return Take(note, real, rate_hz, dry, wet, Effect(effect.path)(dry, rate_hz))


@torch.no_grad()
def look_inside(model: CAE, take: Take) -> Inside:
    """The loudest frame of a take, in PyTorch."""
    size = model.size.frame
    start = _loudest_frame(take.dry, size)
    window = periodic_hann(size)
    dry, wet = (torch.from_numpy(s[start : start + size]) * window for s in (take.dry, take.wet))
    x1 = model.analyse(dry[None])
    envelope, place = model.pooled_envelope(x1)
    gate = model.latent(envelope)
    gated = model.gated(x1, place, gate)
    signals = (dry, wet, model(dry[None])[0], x1[0], envelope[0], gate[0], gated[0])
    return Inside(*(signal.numpy() for signal in signals))


def _loudest_frame(audio: Samples, size: int) -> int:
    frames = np.lib.stride_tricks.sliding_window_view(audio, size)[::FRAME_STEP_SAMPLES]
    return FRAME_STEP_SAMPLES * int(np.square(frames * np.hanning(size)).sum(axis=1).argmax())


@cache
def _loudest_held_out(config: Config) -> tuple[Note, bool]:
    """The test note with the highest level, and whether it is a recording."""
    real = Path(config.data.folder).exists() and config.data.layout != "synthetic"
    # Shifts and gains are for training notes only, and take long.
    data = replace(config.data, pitch_shifts_semitones=(0,), gains_db=(0.0,), mixtures=0.0)
    if not real:
        data = Data("synthetic", longest_s=EXCERPT_S)
    frame = config.frame_format.frame_size_samples
    longest = round(EXCERPT_S * config.sample_rate_hz)
    notes = [n for n in prepare(replace(config, data=data)).test if len(n.dry) >= frame]
    return max(notes, key=lambda n: float(np.square(n.dry[:longest]).mean())), real
