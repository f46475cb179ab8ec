"""Hear a PyTorch module through the sound card, before there is an effect file of it."""

from __future__ import annotations

import weakref
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from torch import nn

from ..plugin_core import Effect, LiveSession
from .curve import Curve
from .knob import Knob
from .module import export_module


def playback(
    module: nn.Module, sample_rate: int = 48_000, curve: Curve | None = None, **options: Any
) -> LiveSession:
    """Play a module live as it is now: the session of `tonecast.live`, for a quick trial.

        with tonecast.playback(net, drive=tonecast.Knob(0, 1, 0.7)) as session:
            session.effect.drive = 0.3
            input("Enter ends it")

    The module is as `tonecast.export` takes it, at its `sample_rate` in Hz, with a `curve`
    where it draws one. Options that are knobs are the module's, all others those of
    `tonecast.live`. In a notebook, start and stop the session in cells of their own:
    `session.start()`, `session.stop()`. What is trained after this call is heard by `session.swap`,
    or by calling again.

    Raise tonecast.Error as both of these do.
    """
    knobs: dict[str, Any] = {key: one for key, one in options.items() if isinstance(one, Knob)}
    settings = {key: one for key, one in options.items() if key not in knobs}
    folder = TemporaryDirectory(prefix="tonecast-")
    path = Path(folder.name) / "playback.onnx"
    export_module(module, path, sample_rate, curve=curve, quiet=True, **knobs)
    session = LiveSession(Effect(path), **settings)
    weakref.finalize(session, folder.cleanup)  # it reads the file again where blocks grow
    return session
