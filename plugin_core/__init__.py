"""Audio models as live effects: one ONNX file is one effect, one C++ engine plays it."""

from importlib.metadata import version

try:
    from ._engine import Error
except ModuleNotFoundError as missing:
    if missing.name != f"{__name__}._engine":
        raise
    raise ModuleNotFoundError(
        "tonecast's engine is not built; run 'pip install -e .' in the repository",
        name=missing.name,
    ) from None

from .automatic import Readings
from .board import Board, Mix
from .contract import Contract, Control
from .effect import Effect
from .library import shipped_effects
from .live_session import LiveReport, LiveSession, live
from .parity import VerifyReport, verify
from .plugin import load_plugin
from .stream import Stream

__all__ = [
    "Board",
    "Contract",
    "Control",
    "Effect",
    "Error",
    "LiveReport",
    "LiveSession",
    "Mix",
    "Readings",
    "Stream",
    "VerifyReport",
    "__version__",
    "live",
    "load_plugin",
    "shipped_effects",
    "verify",
]


__version__ = version("tonecast")
