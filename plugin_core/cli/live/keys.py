"""Single key presses at a terminal."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

# What terminals send for the arrow keys.
_ARROWS = {b"\x1b[A": "up", b"\x1b[B": "down", b"\x1b[C": "right", b"\x1b[D": "left"}


@contextmanager
def key_presses() -> Iterator[Callable[[], str]]:
    """Yield a function that returns the key pressed since the last call, or "" for none.

    Keys are read without Enter and without echo; the terminal is restored afterwards. Without a
    terminal, and on Windows, it always returns "".
    """
    if sys.platform == "win32" or not sys.stdin or not sys.stdin.isatty():
        yield lambda: ""
        return
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    def read_key() -> str:
        try:
            if not select.select([terminal], [], [], 0)[0]:
                return ""
            pressed = os.read(terminal, 3)
        except OSError:  # the terminal is gone
            return ""
        return _ARROWS.get(pressed, pressed[:1].decode(errors="ignore"))

    try:
        tty.setcbreak(terminal)
        yield read_key
    finally:
        with suppress(termios.error):
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)
