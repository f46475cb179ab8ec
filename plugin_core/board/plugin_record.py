"""pedalboard's plugins as data, for copies and other processes: it can neither copy nor pickle.

A plugin of its own is its class and the settings that its constructor takes, all of which can be
read. Plugins from files do not say where their file is, and some of pedalboard's keep a setting to
themselves: those are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Error

if TYPE_CHECKING:
    from pedalboard import Plugin


@dataclass(frozen=True)
class PluginRecord:
    """A plugin's class, and its settings by name; of a container, the plugins in it."""

    kind: type[Any]
    settings: dict[str, Any]
    inside: tuple[PluginRecord | None, ...] | None = None

    def make(self) -> Plugin:
        """A new plugin with these settings."""
        if self.inside is not None:
            made: Plugin = self.kind([record.make() if record else None for record in self.inside])
        else:
            made = self.kind(**self.settings)
        return made


def record_plugin(plugin: Plugin) -> PluginRecord:
    """A plugin as data. Raise tonecast.Error where it does not tell all that makes it."""
    from pedalboard import Convolution, ExternalPlugin
    from pedalboard_native import PluginContainer

    kind = type(plugin)
    if isinstance(plugin, PluginContainer):
        inside = tuple(record_plugin(one) if one else None for one in plugin)
        return PluginRecord(kind, {}, inside)
    if isinstance(plugin, Convolution) and plugin.impulse_response_filename:
        file = {"impulse_response_filename": plugin.impulse_response_filename}
        return PluginRecord(kind, {**file, "mix": plugin.mix})
    names = _constructor_arguments(kind)
    if isinstance(plugin, ExternalPlugin) or not all(hasattr(plugin, name) for name in names):
        raise Error(
            f"{plugin!r} cannot be copied or pickled, as pedalboard does not tell what it is made "
            f"of; make it anew where it is needed"
        )
    return PluginRecord(kind, {name: getattr(plugin, name) for name in names})


def _constructor_arguments(kind: type[Any]) -> list[str]:
    """The names in the signature that pybind11 writes into the first line of the documentation."""
    signature = (kind.__init__.__doc__ or "").partition("\n")[0]
    return re.findall(r"[(,] ?(\w+): ", signature)[1:]  # without self
