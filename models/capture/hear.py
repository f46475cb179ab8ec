"""Hear a capture while it learns: the newest weights play on an audio device."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from ...plugin_core import Effect
from ...plugin_core.live.session import LiveSession
from ..capture_files.nam import nam_document
from ..families.causal import CausalNetwork
from ..training.loop import Trainer


class Hear:
    """Plays the best weights so far, and crossfades to better ones when there are some.

    Call it with the trainer as often as you like, in the thread that trains; use it in a `with`
    block. `open_session` opens an audio device for an effect; it is asked once there is something
    to hear. Only causal networks that a `.nam` file can hold are heard.
    """

    def __init__(self, open_session: Callable[[Effect], LiveSession]) -> None:
        self._open_session = open_session
        self._session: LiveSession | None = None
        self._folder = TemporaryDirectory()
        self._heard_esr = float("inf")
        self.versions = 0

    def __call__(self, trainer: Trainer) -> None:
        """Play the trainer's best weights, if they are better than those that play."""
        found = trainer.progress.best_esr
        if not found < self._heard_esr or not isinstance(trainer.model, CausalNetwork):
            return
        self._heard_esr = found
        effect = Effect(self._written(trainer))
        if self._session is None:
            self._session = self._open_session(effect)
            self._session.start()
        else:
            self._session.swap(effect)
        self.versions += 1

    def __enter__(self) -> Hear:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            self._session.stop()
        self._folder.cleanup()

    def _written(self, trainer: Trainer) -> Path:
        config = trainer.config
        network = config.family.build(config.size)
        network.load_state_dict(trainer.best)
        document = nam_document(network)
        document["sample_rate"] = config.sample_rate_hz
        path = Path(self._folder.name) / f"{config.name}.nam"
        path.write_text(json.dumps(document))
        return path
