"""The one exception of tonecast; importing it loads no engine."""


class Error(ValueError):
    """What cannot work, in one line that names the thing and the way out.

    The engine's own errors arrive in Python as this, too.
    """
