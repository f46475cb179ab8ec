"""What a check has found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

# "limited": it plays, but less well than it could. "absent": what only some need is not there.
# "broken": something does not work that is needed, or that was installed to be used.
State = Literal["works", "limited", "absent", "broken"]


@dataclass(frozen=True)
class Finding:
    """One line of the report; `remedy` is the command, or the step, that mends it."""

    topic: str
    state: State
    text: str
    remedy: str = ""


def of_error(topic: str, state: State, error: BaseException, remedy: str = "") -> Finding:
    """A finding of an exception, in one line. A command in its text becomes the remedy."""
    text = " ".join(str(error).split()) or type(error).__name__
    command = re.search(r"; run (?P<quote>['\"])(.+)(?P=quote)(.*)$", text)
    if command:
        return Finding(topic, state, text[: command.start()], command[2] + command[3])
    return Finding(topic, state, text, remedy)
