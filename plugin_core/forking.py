"""Locks across a fork: a child inherits them locked, but not the threads that would unlock them."""

from __future__ import annotations

import os
from typing import Any, Protocol
from weakref import WeakSet


class _Owner(Protocol):
    def _after_fork(self) -> None: ...


class _Lock(Protocol):
    def acquire(self, blocking: bool = ...) -> Any: ...

    def release(self) -> None: ...


_owners: WeakSet[_Owner] = WeakSet()


def watch_forks(owner: _Owner) -> None:
    """Call `owner._after_fork()` in each forked child, before anything else of ours runs there."""
    _owners.add(owner)


def is_orphaned(lock: _Lock) -> bool:
    """Whether a thread that has not come along holds this lock. Only in `_after_fork`."""
    if not lock.acquire(blocking=False):
        return True
    lock.release()
    return False


def _tell_owners() -> None:
    for owner in list(_owners):
        owner._after_fork()


os.register_at_fork(after_in_child=_tell_owners)
