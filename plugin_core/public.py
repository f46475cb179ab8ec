"""What programs import from tonecast; see `__init__.py` for when it is loaded."""

from importlib.metadata import version

from .board.board import Board, Mix
from .effect_files.catalog import installed_effects, shipped_effects
from .effect_files.contract import Contract, Control
from .effect_files.parity import VerifyReport, verify
from .effect_files.presets import Preset, presets
from .effects.automation import AutomationTrace
from .effects.effect import Effect
from .effects.stream import Stream
from .effects.user_warnings import BandwidthWarning
from .errors import Error
from .live.session import LiveReport, LiveSession, live
from .plugin_hosting.plugin import load_plugin

__all__ = [
    "AutomationTrace",
    "BandwidthWarning",
    "Board",
    "Contract",
    "Control",
    "Effect",
    "Error",
    "LiveReport",
    "LiveSession",
    "Mix",
    "Preset",
    "Stream",
    "VerifyReport",
    "__version__",
    "installed_effects",
    "live",
    "load_plugin",
    "presets",
    "shipped_effects",
    "verify",
]


__version__ = version("tonecast")
