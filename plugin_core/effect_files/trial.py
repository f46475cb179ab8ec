"""Try an effect file out in another process, before this one opens it.

For files of unknown origin. The loader refuses what it can tell; what it cannot tell ends, fills or
holds up a process that is not this one.
"""

from __future__ import annotations

import os
from pathlib import Path

from .. import _engine
from .loading import onnxruntime_library

# Limits itself to 2.5 GiB of address space and 10 s of processor time: cpp_host/engine/trial.
PROGRAM = Path(_engine.__file__).parent / "tonecast-trial"

HOST_RATE_HZ = 48000


def try_in_child(path: str | os.PathLike[str], sample_rate_hz: int = HOST_RATE_HZ) -> None:
    """Have another process open the file and play a second of sound with it.

    Raise tonecast.Error where it refuses the file, where the file ends it, or where it needs more
    than 2.5 GiB of memory or 10 s. It takes as long as starting a program and loading ONNX Runtime
    does, a few tens of milliseconds, and playing a second at a host's rate.
    """
    _engine.try_in_child(str(PROGRAM), str(onnxruntime_library()), os.fspath(path), sample_rate_hz)
