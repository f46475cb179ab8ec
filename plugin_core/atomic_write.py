"""Atomic writes: files and folders that appear complete or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def atomic_write(target: Path) -> Iterator[Path]:
    """A path beside `target`, for a file or folder that replaces `target` when the block ends.

    If the block raises, `target` stays as it was and the draft is removed. Raise OSError where it
    cannot be renamed.
    """
    draft = _draft(target)
    try:
        yield draft
        draft.replace(target)
    finally:
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        with suppress(OSError):  # it was renamed, or never created
            draft.unlink()


def check_writable(target: Path) -> None:
    """Raise OSError where no file of this name can be written."""
    draft = _draft(target)
    draft.touch()
    draft.unlink()


def _draft(target: Path) -> Path:
    return target.with_name(f".tonecast-{os.getpid()}-{target.name}")  # same folder: same disk
