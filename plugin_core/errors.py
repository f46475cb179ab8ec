"""The one exception of tonecast; importing it loads no engine."""


class Error(ValueError):
    """An error as one line: what is wrong with which file or value, and what to do.

    The engine's own errors arrive in Python as this, too.
    """
