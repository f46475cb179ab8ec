"""Atomic writes: files and folders that appear complete or not at all, and replace none unasked."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import Error

LONGEST_NAME_BYTES = 255  # of file systems


def check_new(target: Path, overwrite: bool) -> None:
    """Raise tonecast.Error where a file of this name exists and may not be replaced.

    All that takes the place of a file goes through here: a command's option is --overwrite.
    """
    if not overwrite and os.path.lexists(target):
        raise Error(f"{target} exists; replace it with --overwrite")


@contextmanager
def atomic_write(target: Path, overwrite: bool = True) -> Iterator[Path]:
    """A path beside `target`, for a file or folder that takes its place when the block ends.

    If the block raises, `target` stays as it was and the draft is removed. A link stays one: what
    it leads to is replaced. Raise OSError where it cannot be, such as a device, and tonecast.Error
    if `target` exists by then and may not be replaced.
    """
    target = _replaceable(target)
    draft = _draft(target)
    try:
        yield draft
        if overwrite:
            _take_the_place(draft, target)
        else:
            _rename_to_new(draft, target)
    finally:
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        with suppress(OSError):  # it was renamed, or never created
            draft.unlink()


def _take_the_place(draft: Path, target: Path) -> None:
    """Rename; a folder cannot be renamed over one that holds something, so that steps aside."""
    if not (draft.is_dir() and target.is_dir()):
        draft.replace(target)
        return
    aside = draft.with_suffix(".old")
    target.rename(aside)
    try:
        draft.rename(target)
    except BaseException:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def check_writable(target: Path) -> None:
    """Raise OSError where no file of this name can be written."""
    draft = _draft(_replaceable(target))
    draft.touch()
    draft.unlink()


def _rename_to_new(draft: Path, target: Path) -> None:
    """Rename, unless a file has appeared there since it was looked for."""
    try:
        target.hardlink_to(draft)  # unlike a renaming, it replaces nothing
    except FileExistsError:
        check_new(target, overwrite=False)
        raise
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise
        check_new(target, overwrite=False)  # a file system without links
        draft.replace(target)


def _replaceable(target: Path) -> Path:
    """The file that a path leads to. Raise OSError for a device or pipe, which must stay one."""
    target = target.resolve()
    if target.exists() and not (target.is_file() or target.is_dir()):
        raise OSError(errno.EINVAL, "it is a device or a pipe, not a file", str(target))
    return target


def _draft(target: Path) -> Path:
    """A hidden name in the same folder, so on the same disk, with the same extension."""
    name = f".tonecast-{os.getpid()}-{target.name}"
    if len(os.fsencode(name)) > LONGEST_NAME_BYTES >= len(os.fsencode(target.name)):
        digest = hashlib.blake2b(os.fsencode(target.name), digest_size=8).hexdigest()
        name = f".tonecast-{os.getpid()}-{digest}{target.suffix}"
    return target.with_name(name)
