"""The plugin that `make plugin` builds, inside of pedalboard."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from ..effect_files.catalog import EffectEntry, find_effect, is_path
from ..errors import Error
from .juce_state import block, with_component, xml_of

if TYPE_CHECKING:
    from pedalboard import VST3Plugin

BUNDLE = "Tonecast.vst3"
_REPOSITORY = Path(__file__).resolve().parents[2]
BUILT = _REPOSITORY / "build/plugin/plugin/Tonecast_artefacts/Release/VST3" / BUNDLE
_BANK = 8  # parameters for the controls of effect files: control_1 …
_MAX_WAIT_S = 10.0  # for their names: the plugin updates them 20 times a second
_SESSION = """<Tonecast version="1" file={file} sha256="{sha256}"><Now><Parameters>
<PARAM id="effect" value="user file"/></Parameters></Now></Tonecast>"""
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
    for path in (BUILT, *(folder.expanduser() / BUNDLE for folder in _INSTALLED)):
        if path.is_dir():
            return path
    raise Error("the plugin is not built; run 'make plugin' in the repository")


def load_plugin(
    effect: str | os.PathLike[str] = "resonance-eq", cabinet: str | os.PathLike[str] | None = None
) -> VST3Plugin:
    """The plugin for a `pedalboard.Pedalboard`, with an effect of its bundle or a file.

        board = Pedalboard([Compressor(), tonecast.load_plugin("resonance-eq"), Reverb()])
        board[1].attenuation = 0.4

    It plays without Python, and so without its lock. Controls have the names that `Effect` gives
    them, but pedalboard rounds values to a thousandth of the range; `raw_value` of
    `plugin.parameters["low_hz"]` (0 … 1) is exact. The first eight controls of an .onnx file are
    named by their labels and units. `cabinet` is a WAV or AIFF file with an impulse response.

    Raise tonecast.Error where the plugin is not built or has no such effect, or the file cannot be
    played.
    """
    from pedalboard import VST3Plugin

    path = plugin_path()
    own = find_effect(effect) if is_path(effect) else None
    try:
        plugin: Any = VST3Plugin(str(path))  # its attributes are the plugin's parameters
    except ImportError as error:
        raise Error(f"{path}: it cannot be loaded ({error}); run 'make plugin' again") from None
    if own is not None:
        _play(plugin, own)
    else:
        known = plugin.parameters["effect"].valid_values
        if effect not in known:
            raise Error(f"{path}: it has no effect {effect!r}; there is {', '.join(known)}")
        plugin.effect = effect
    if cabinet is not None:
        _play_through(plugin, Path(cabinet).resolve())
    loaded: VST3Plugin = plugin
    return loaded


def _play_through(plugin: Any, cabinet: Path) -> None:
    """Put a cabinet into the plugin's session."""
    if not cabinet.is_file():
        raise Error(f"{cabinet}: there is no such file")
    root = f"<Tonecast cabinet={quoteattr(str(cabinet))} "
    session = xml_of(plugin.raw_state).replace("<Tonecast ", root, 1)
    type(plugin).raw_state.__set__(plugin, with_component(plugin.raw_state, block(session)))


def _play(plugin: Any, own: EffectEntry) -> None:
    """Let it play a file, and wait until its parameters are named after the file's controls."""
    (file,) = own.files.values()
    file = file.resolve()
    if own.contract.kind != "effect":
        raise Error(f"{file}: this is a predictor, which makes no sound by itself")
    banked = sum(control.name not in dir(plugin) for control in own.contract.controls)
    content = hashlib.sha256(file.read_bytes()).hexdigest()
    session = block(_SESSION.format(file=quoteattr(str(file)), sha256=content))
    # A plain assignment would make pedalboard read all parameters first, and cache their ranges.
    type(plugin).raw_state.__set__(plugin, with_component(plugin.raw_state, session))
    until = time.monotonic() + _MAX_WAIT_S
    while sum(name.startswith("control_") for name in dir(plugin)) > max(0, _BANK - banked):
        if time.monotonic() > until:
            raise Error(f"{file}: the plugin has not named its controls; run 'make plugin' again")
        time.sleep(0.005)
