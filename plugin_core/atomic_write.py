"""Files and folders that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def atomic_write(target: Path) -> Iterator[Path]:
    """A path beside `target` for a file or folder that takes its name once the block has ended.

    Whatever ends the block early leaves `target` as it was, and nothing else. Raise OSError where
    it cannot take its name.
    """
    draft = _draft(target)
    try:
        yield draft
        draft.replace(target)
    finally:
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        with suppress(OSError):  # it was renamed, or never came to be
            draft.unlink()


def check_writable(target: Path) -> None:
    """Raise OSError where no file can take this name."""
    draft = _draft(target)
    draft.touch()
    draft.unlink()


def _draft(target: Path) -> Path:
    return target.with_name(f".tonecast-{os.getpid()}-{target.name}")  # same folder: same disk
