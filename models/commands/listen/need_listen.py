"""The check for what listening experiments need."""

from __future__ import annotations

from importlib.util import find_spec

from ....plugin_core.errors import Error

NEEDED = ("pyloudnorm", "scipy", "starlette", "uvicorn")


def need_listen() -> None:
    """Raise tonecast.Error where a package of the extra is not installed."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise Error(
            f"listening experiments need {', '.join(missing)}; "
            f"run \"pip install 'tonecast[listen]'\""
        )
