"""Calls into pedalboard, for whose end a fork and the end of the interpreter wait.

While they play, its plugins hold locks of their own and not the interpreter's. A child forked then
could never play them, and a daemon thread that comes back when the interpreter ends would abort the
process. Nothing waits for long: a call may take as long as its sound is.
"""

from __future__ import annotations

import atexit
import os
import threading

PATIENCE_S = 2.0


class PedalboardCalls:
    """A `with` block around a call; not to be nested."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, in a forked child: the threads inside have not come along."""
        self._changed = threading.Condition()
        self._under_way = 0
        self._forks = 0  # that are about to happen
        self._ends = False

    def __enter__(self) -> None:
        with self._changed:
            while self._forks or (self._ends and threading.current_thread().daemon):
                self._changed.wait()
            self._under_way += 1

    def __exit__(self, *error: object) -> None:
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    @property
    def under_way(self) -> bool:
        """Whether a thread is inside of pedalboard now."""
        return self._under_way > 0

    def before_fork(self) -> None:
        """Begin no call, and wait for those under way."""
        with self._changed:
            self._forks += 1
            self._changed.wait_for(lambda: not self._under_way, PATIENCE_S)

    def after_fork(self) -> None:
        """Go on, in the parent."""
        with self._changed:
            self._forks -= 1
            self._changed.notify_all()

    def end(self) -> None:
        """Let daemon threads begin no call any more, and wait for those under way."""
        with self._changed:
            self._ends = True
            self._changed.wait_for(lambda: not self._under_way, PATIENCE_S)


pedalboard_calls = PedalboardCalls()

os.register_at_fork(
    before=pedalboard_calls.before_fork,
    after_in_parent=pedalboard_calls.after_fork,
    after_in_child=pedalboard_calls.forget,
)
atexit.register(pedalboard_calls.end)
