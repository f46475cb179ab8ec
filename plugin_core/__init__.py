"""Audio models as live effects: one ONNX file is one effect, and one C++ engine plays them.

What is public is loaded when it is asked for: `tonecast doctor` has to start where the engine does
not load, and shells that complete a command's words wait for every import.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .public import *  # noqa: F403
    from .public import __all__, __version__  # noqa: F401


def __getattr__(name: str) -> Any:
    if name == "_engine":
        return _load_engine()
    if not name.startswith("_") or name in ("__all__", "__version__"):
        public = import_module(".public", __name__)
        if name == "__all__" or name in public.__all__:
            return getattr(public, name)
        if name in globals():  # a module that has been imported meanwhile
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *import_module(".public", __name__).__all__})


def _load_engine() -> Any:
    try:
        return import_module("._engine", __name__)
    except ModuleNotFoundError as missing:
        if missing.name != f"{__name__}._engine":
            raise
        raise ModuleNotFoundError(
            "tonecast's engine is not built; run 'pip install -e .' in the repository",
            name=missing.name,
        ) from None
