"""What `tonecast live` watches: the device, which may go away and come back, and the take."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext

from ...errors import Error
from ...live.session import LiveSession
from ...live.take import Take


class DeviceWatch:
    """Says when the device goes away, and gets it back; the take is silent meanwhile."""

    def __init__(
        self,
        session: LiveSession,
        take: Take | None,
        say: Callable[[str], None],
        give_up_after_s: float | None,
    ) -> None:
        self._session = session
        self._take = take
        self._say = say
        self._give_up_after_s = give_up_after_s
        self._gone_since_s: float | None = None
        self._refusal = ""

    @property
    def waits(self) -> str:
        """What is waited for, in words; empty while the device plays."""
        return "" if self._gone_since_s is None else f"waiting for {self._session.output.name}"

    def update(self) -> None:
        """Look once. Raise tonecast.Error where the device is gone for longer than is waited."""
        gone_for_s = self._session.gone_for_s
        if gone_for_s is None:
            if self._gone_since_s is not None:
                self._is_back()
            return
        name = self._session.output.name
        if self._gone_since_s is None:
            self._gone_since_s = time.monotonic() - gone_for_s
            self._say(f"{name} is gone: it no longer asks for sound; waiting for it to come back")
        if self._give_up_after_s is not None and gone_for_s > self._give_up_after_s:
            raise Error(f"{name} is gone, and has not come back within {self._give_up_after_s:g} s")
        self._fill_gap()
        with self._take.held() if self._take else nullcontext():
            if self._session.reopen_if_back():
                self._is_back()
        if self._session.refusal not in ("", self._refusal):
            self._refusal = self._session.refusal
            self._say(f"{self._refusal}; still waiting")

    def _fill_gap(self) -> None:
        if self._take is not None and self._gone_since_s is not None:
            self._take.fill_gap(time.monotonic() - self._gone_since_s)

    def _is_back(self) -> None:
        assert self._gone_since_s is not None
        self._fill_gap()
        gap_s = time.monotonic() - self._gone_since_s
        self._say(f"{self._session.output.name} is back after {gap_s:.1f} s{self._gap_in_take()}")
        self._gone_since_s = None
        self._refusal = ""

    def _gap_in_take(self) -> str:
        if self._take is None or self._take.problem:
            return ""
        ends_s = self._take.seconds
        silence_s = self._take.end_gap()
        return f"; the take is silent from {ends_s - silence_s:.1f} to {ends_s:.1f} s"


class TakeWatch:
    """Says once each what is wrong with a take."""

    def __init__(self, session: LiveSession, take: Take | None, say: Callable[[str], None]) -> None:
        self._session = session
        self._take = take
        self._say = say
        self._told_problem = self._told_loss = False

    @property
    def state(self) -> str:
        """The recording, in words; empty without one."""
        if self._take is None:
            return ""
        stopped = " (stopped)" if self._take.problem else ""
        return f"take {self._take.path.name} {self._take.seconds:.0f} s{stopped}"

    def update(self) -> None:
        """Look once."""
        if self._take is None:
            return
        if self._take.problem:
            if not self._told_problem:
                self._told_problem = True
                held = f"it holds the first {self._take.seconds:.1f} s"
                self._say(f"{self._take.problem}; {held}, and the sound goes on")
        elif not self._told_loss and self._session.unrecorded_samples:
            self._told_loss = True
            self._say(f"the disk is too slow: sound is missing from {self._take.path}")

    def finish(self) -> None:
        """Say what became of a take that is closed."""
        if self._take is None:
            return
        self.update()
        if not self._take.path.exists():
            self._say(f"there is no {self._take.path}: nothing was recorded, or it was moved")
            return
        self._say(f"{self._take.path} holds {self._take.seconds:.1f} s")
        if self._take.clipped:
            self._say(f"{self._take.path} is clipped: the sound went beyond 0 dBFS")
