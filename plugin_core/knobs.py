"""Controls as attributes: what Effect and Stream have in common."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from . import _engine
from .contract import Control

# What every effect has around its graph, described like the graph's own controls.
AROUND = {
    control.name: control
    for control in (
        Control("mix", "Mix", "", "linear", 0.0, 1.0, 1.0),
        Control("input_gain_db", "Input gain", "dB", "linear", -60.0, 60.0, 0.0),
        Control("output_gain_db", "Output gain", "dB", "linear", -60.0, 60.0, 0.0),
        Control("bypass", "Bypass", "", "switch", 0.0, 1.0, 0.0),
    )
}


class Knobs:
    """The effect's controls, and `mix`, `input_gain_db`, `output_gain_db` and `bypass`.

    Each is an attribute: reading gives what was set last, a bool for switches and a float for the
    others; setting raises ValueError outside of its range. May be set from any thread, also while
    another one plays; what changes in the middle of a stream is ramped.
    """

    _player: _engine.Engine
    _controls: Mapping[str, Control]
    _settings: dict[str, float]

    def _start(self, controls: Iterable[Control], settings: Mapping[str, object]) -> None:
        self._controls = MappingProxyType({control.name: control for control in controls})
        self._settings = {name: knob.default for name, knob in self.knobs.items()}
        for name, setting in settings.items():
            if name not in self._settings:
                raise TypeError(self._unknown(name))
            self._settings[name] = check_setting(self.knobs[name], setting)

    def _connect(self, player: _engine.Engine) -> None:
        """Turn this player's knobs from now on, beginning with all of them as they stand."""
        self._player = player
        for name, setting in self._settings.items():
            self._send(name, setting)

    def _send(self, name: str, setting: float) -> None:
        if name in self._controls:
            self._player.set_control(name, setting)
        else:
            setattr(self._player, name, setting)

    @property
    def controls(self) -> Mapping[str, Control]:
        """The controls of the effect's graph by name: label, unit, scale, range and default."""
        return self._controls

    @property
    def settings(self) -> dict[str, float]:
        """How all controls stand, those around the graph included."""
        return dict(self._settings)

    @property
    def counters(self) -> _engine.Counters:
        """Frames played, bad frames, and NaN or Inf in the input.

        Counted since the sample rate, the channels or the hop size last changed.
        """
        return self._player.counters

    @property
    def knobs(self) -> Mapping[str, Control]:
        """The effect's own controls and those around its graph."""
        return {**self._controls, **AROUND}

    def step(self, name: str, share: float) -> None:
        """Move a control by a share of its range, as a knob does; switches go on or off."""
        knob = self.knobs[name]
        if knob.scale == "switch":
            moved = 1.0 if share > 0 else 0.0
        elif knob.scale == "log":
            moved = self._settings[name] * (knob.maximum / knob.minimum) ** share
        else:
            moved = self._settings[name] + share * (knob.maximum - knob.minimum)
        setattr(self, name, min(max(moved, knob.minimum), knob.maximum))

    def __getattr__(self, name: str) -> float:
        if name.startswith("_"):  # not set yet: unpickling and the like ask before __init__ has run
            raise AttributeError(name)
        if name not in self._settings:
            raise AttributeError(self._unknown(name))
        setting = self._settings[name]
        return bool(setting) if self.knobs[name].scale == "switch" else setting

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("_") or hasattr(type(self), name):
            object.__setattr__(self, name, value)
        elif name in self._settings:
            setting = check_setting(self.knobs[name], value)
            self._settings[name] = setting
            self._send(name, setting)
        else:
            raise AttributeError(self._unknown(name))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._settings})

    def _unknown(self, name: str) -> str:
        close = difflib.get_close_matches(name, self._settings, n=1)
        meant = f"; did you mean {close[0]!r}?" if close else ";"
        return f"there is no control {name!r}{meant} the controls are {', '.join(self._settings)}"

    def _shown(self) -> str:
        """Controls as they stand, the ones around the graph only where they were moved."""
        return ", ".join(
            f"{name}={getattr(self, name):.6g}"
            if knob.scale != "switch"
            else f"{name}={getattr(self, name)}"
            for name, knob in self.knobs.items()
            if name in self._controls or self._settings[name] != knob.default
        )


def check_setting(control: Control, value: object) -> float:
    """`value` as a float. Raise TypeError if it is no number, ValueError outside of the range."""
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
        raise TypeError(f"{control.name} takes a number, not {value!r}")
    setting = float(value)
    if control.scale == "switch" and setting not in (0.0, 1.0):
        raise ValueError(f"{control.name} is a switch, on (1) or off (0); {setting:g} is neither")
    if not control.minimum <= setting <= control.maximum:
        unit = f" {control.unit}" if control.unit else ""
        raise ValueError(
            f"{control.name} goes from {control.minimum:g} to {control.maximum:g}{unit}; "
            f"{setting:g} is outside"
        )
    return setting
