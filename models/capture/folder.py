"""The folder of a report: its sounds, and that it is complete or not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ...plugin_core.atomic_write import atomic_write
from ...plugin_core.audio_files.files import whole_file
from ...plugin_core.errors import Error
from .figures import HeldOut

BITS = 32  # floating point: no rounding, no clipping


def write_sounds(sounds: HeldOut, sample_rate_hz: int, folder: Path) -> None:
    """Write input, target, output and their difference."""
    for name, sound in {
        "dry": sounds.dry,
        "target": sounds.wanted,
        "output": sounds.played,
        "difference": sounds.wanted - sounds.played,
    }.items():
        with whole_file(folder / f"{name}.wav", sample_rate_hz, 1, BITS) as file:
            file.write(sound[np.newaxis])


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` that is renamed to it when the block ends."""
    try:
        with atomic_write(folder) as draft:
            draft.mkdir(parents=True)
            yield draft
    except OSError as error:
        raise Error(
            f"{folder} cannot be written: {error.strerror or error}; the training is kept, and the "
            f"same command resumes it"
        ) from None
