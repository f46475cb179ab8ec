"""From PyTorch to effect files. `tonecast.export(module, "amp.onnx")` is a call of this package.

PyTorch is imported by the call, so that `import tonecast.export` works where it is not installed.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A package that is also the function that people look for under its name."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        try:
            from .module import export_module
        except ModuleNotFoundError as missing:
            raise ModuleNotFoundError(
                f"export needs {missing.name}; install it with: pip install 'tonecast[train]'",
                name=missing.name,
            ) from None
        return export_module(*args, **options)


sys.modules[__name__].__class__ = _Callable
