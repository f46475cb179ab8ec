"""The check for PyTorch, which the commands of this package need."""

from __future__ import annotations

from importlib.util import find_spec

from ...plugin_core.errors import Error


def need_torch() -> None:
    """Raise tonecast.Error where PyTorch is not installed."""
    if find_spec("torch") is None:
        raise Error("training needs PyTorch; run \"pip install 'tonecast[train]'\"")
