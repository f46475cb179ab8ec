"""Signals that end a command which must not be torn apart: it asks for them when it can stop."""

from __future__ import annotations

import atexit
import signal
import sys
from types import FrameType

INSISTS = 3  # signals, and the program ends wherever it hangs


class EndSignals:
    """Ctrl-C, TERM and HUP, from now until the program ends: none of them raises an exception.

    So a second one does not interrupt what the first one began. From the third on they do.
    """

    def __init__(self) -> None:
        self.first: signal.Signals | None = None
        self._count = 0
        self._heard = [
            number
            for name in ("SIGINT", "SIGTERM", "SIGHUP")
            if (number := getattr(signal, name, None))
            and signal.getsignal(number) != signal.SIG_IGN  # as nohup has it
        ]
        for number in self._heard:
            signal.signal(number, self._note)
        atexit.register(self._ignore)

    def exit_if_told(self) -> None:
        """End the program as shells expect it; Ctrl-C is the usual way to end, and success.

        The first signal is what ended it: a later one may come too late to be seen.
        """
        if self.first not in (None, signal.SIGINT):
            sys.exit(128 + self.first)

    def _ignore(self) -> None:
        """Python, while it ends, would give signals back to the system, which kills."""
        for number in self._heard:
            signal.signal(number, signal.SIG_IGN)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.first = self.first or signal.Signals(number)
        self._count += 1
        if self._count >= INSISTS:
            sys.exit(128 + number)
