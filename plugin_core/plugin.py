"""The plugin that `make plugin` builds, inside of pedalboard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._engine import Error

if TYPE_CHECKING:
    from pedalboard import VST3Plugin

BUNDLE = "Tonecast.vst3"
_REPOSITORY = Path(__file__).resolve().parents[1]
_BUILT = _REPOSITORY / "build/plugin/plugin/Tonecast_artefacts/Release/VST3" / BUNDLE
_INSTALLED = (Path("~/.vst3"), Path("/usr/local/lib/vst3"), Path("/usr/lib/vst3"))


def plugin_path() -> Path:
    """The VST3: `$TONECAST_PLUGIN`, or built in the repository, or where hosts look for plugins.

    Raise tonecast.Error where there is none.
    """
    named = os.environ.get("TONECAST_PLUGIN")
    if named:
        if not Path(named).is_dir():
            raise Error(f"TONECAST_PLUGIN={named}: there is no such bundle")
        return Path(named)
    for path in (_BUILT, *(folder.expanduser() / BUNDLE for folder in _INSTALLED)):
        if path.is_dir():
            return path
    raise Error("the plugin is not built; run 'make plugin' in the repository")


def load_plugin(effect: str = "resonance-eq") -> VST3Plugin:
    """The plugin with an effect of its bundle, ready for a `pedalboard.Pedalboard`.

        board = Pedalboard([Compressor(), tonecast.load_plugin("resonance-eq"), Reverb()])
        board[1].attenuation = 0.4

    It plays without Python, and so without its lock. Controls have the names that `Effect` gives
    them, but pedalboard rounds what is set to a thousandth of the range; `raw_value` of
    `plugin.parameters["low_hz"]` (0 … 1) does not.

    Raise tonecast.Error where the plugin is not built or has no such effect.
    """
    from pedalboard import VST3Plugin

    path = plugin_path()
    try:
        plugin: Any = VST3Plugin(str(path))  # its attributes are the plugin's parameters
    except ImportError as error:
        raise Error(f"{path}: it cannot be loaded ({error}); run 'make plugin' again") from None
    known = plugin.parameters["effect"].valid_values
    if effect not in known:
        raise Error(f"{path}: it has no effect {effect!r}; there is {', '.join(known)}")
    plugin.effect = effect
    loaded: VST3Plugin = plugin
    return loaded
