"""Hear a capture while it learns: the newest weights play on an audio device."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

import numpy as np

from ...plugin_core import Effect, LiveSession
from ..capture_files.nam import nam_document
from ..families.causal import CausalNetwork
from ..families.wavenet.family import LINEAR_FAMILY, LinearSize
from ..training.loop import Trainer

RATE_HZ = 48_000  # of the input as it is; any would do


class Hear:
    """Plays the best weights so far, and crossfades to better ones when there are some.

    Use it in a `with` block, at whose beginning `open_session` opens an audio device for an effect,
    and call it with the trainer as often as you like, in the thread that trains. The input is heard
    as it is until there is something better. Only causal networks that a `.nam` file can hold are
    heard. Raise tonecast.Error where there is no device.
    """

    def __init__(self, open_session: Callable[[Effect], LiveSession]) -> None:
        self._folder = TemporaryDirectory()
        nothing_yet = LINEAR_FAMILY.build(LinearSize(1))
        nothing_yet.load_flat(np.ones(1, np.float32))
        self._session = open_session(self._effect(nothing_yet, RATE_HZ))
        self._heard_esr = float("inf")
        self.versions = 0

    def __call__(self, trainer: Trainer) -> None:
        """Play the trainer's best weights, if they are better than those that play."""
        found = trainer.progress.best_esr
        if not found < self._heard_esr or not isinstance(trainer.model, CausalNetwork):
            return
        self._heard_esr = found
        network = trainer.config.family.build(trainer.config.size)
        network.load_state_dict(trainer.best)
        self._session.swap(self._effect(network, trainer.config.sample_rate_hz))
        self.versions += 1

    def __enter__(self) -> Hear:
        self._session.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.stop()
        self._folder.cleanup()

    def _effect(self, network: CausalNetwork, sample_rate_hz: int) -> Effect:
        path = Path(self._folder.name) / "learning.nam"
        path.write_text(json.dumps({**nam_document(network), "sample_rate": sample_rate_hz}))
        return Effect(path)
