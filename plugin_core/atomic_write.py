"""Atomic writes: files and folders that appear complete or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def atomic_write(target: Path) -> Iterator[Path]:
    """A path beside `target`, for a file or folder that replaces `target` when the block ends.

    If the block raises, `target` stays as it was and the draft is removed. A link stays one: what
    it leads to is replaced. Raise OSError where it cannot be, such as a device.
    """
    target = _replaceable(target)
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
    draft = _draft(_replaceable(target))
    draft.touch()
    draft.unlink()


def _replaceable(target: Path) -> Path:
    """The file that a path leads to. Raise OSError for a device or pipe, which must stay one."""
    target = target.resolve()
    if target.exists() and not (target.is_file() or target.is_dir()):
        raise OSError(errno.EINVAL, "it is a device or a pipe, not a file", str(target))
    return target


def _draft(target: Path) -> Path:
    return target.with_name(f".tonecast-{os.getpid()}-{target.name}")  # same folder: same disk
