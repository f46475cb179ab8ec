"""Controls as attributes: what Effect and Stream have in common."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from .. import _engine
from ..effect_files.catalog import EffectEntry
from ..effect_files.contract import Control
from ..effect_files.loading import Device, load_model
from .automation import AutomationTrace, ParameterValue, find_predictor, is_automatic

# What every effect has around its graph, described like the graph's own controls.
HOST_PARAMETERS = {
    control.name: control
    for control in (
        Control("mix", "Mix", "", "linear", 0.0, 1.0, 1.0),
        Control("input_gain_db", "Input gain", "dB", "linear", -60.0, 60.0, 0.0),
        Control("output_gain_db", "Output gain", "dB", "linear", -60.0, 60.0, 0.0),
        Control("bypass", "Bypass", "", "switch", 0.0, 1.0, 0.0),
    )
}


class EffectParameters:
    """The effect's controls, and `mix`, `input_gain_db`, `output_gain_db` and `bypass`.

    Each is an attribute: reading gives what was set last, a bool for switches and a float for the
    others; setting raises ValueError outside of its range. May be set from any thread, also while
    another one plays; what changes in the middle of a stream is ramped.

    A control with a predictor may be set to "auto": it then follows what the predictor says of the
    last half second or so of the sound that goes in. "auto:FILE.onnx" names another predictor.
    `readings()` tells what came of it.
    """

    _player: _engine.Engine
    _device: Device = "cpu"  # that predictors are to be played on, too
    _controls: Mapping[str, Control]
    _settings: dict[str, ParameterValue]
    _predictors: dict[str, EffectEntry]  # that controls were set to
    _attached: dict[str, EffectEntry]  # that the player has got

    def _start(self, controls: Iterable[Control], settings: Mapping[str, object]) -> None:
        self._controls = MappingProxyType({control.name: control for control in controls})
        self._settings = {name: knob.default for name, knob in self.knobs.items()}
        self._predictors = {}
        for name, setting in settings.items():
            if name not in self._settings:
                raise TypeError(self._unknown(name))
            self._keep(name, check_setting(self.knobs[name], setting))

    def _connect(self, player: _engine.Engine) -> None:
        """Turn this player's knobs from now on, beginning with all of them as they stand."""
        self._player = player
        self._attached = {}
        for name, setting in self._settings.items():
            self._send(name, setting)

    def _keep(self, name: str, setting: ParameterValue) -> None:
        if isinstance(setting, str):
            self._predictors[name] = find_predictor(self.knobs[name], setting)
        self._settings[name] = setting

    def _send(self, name: str, setting: ParameterValue) -> None:
        if isinstance(setting, str):
            predictor = self._predictors[name]
            if self._attached.get(name) != predictor:  # which would begin to listen anew
                self._player.attach(name, load_predictor(predictor, self._device))
                self._attached[name] = predictor
            self._player.set_automatic(name, True)
        elif name in self._controls:
            self._player.set_control(name, setting)
            self._player.set_automatic(name, False)
        else:
            setattr(self._player, name, setting)

    @property
    def controls(self) -> Mapping[str, Control]:
        """The controls of the effect's graph by name: label, unit, scale, range and default."""
        return self._controls

    @property
    def settings(self) -> dict[str, ParameterValue]:
        """How all controls stand, those around the graph included."""
        return dict(self._settings)

    @property
    def counters(self) -> _engine.Counters:
        """Frames and predictions made, bad or late ones, and NaN or Inf in the input.

        Counted since the sample rate, the channels or the hop size last changed.
        """
        return self._player.counters

    @property
    def device(self) -> Device:
        """What was asked for to play on."""
        return self._device

    @property
    def fallback_reasons(self) -> list[str]:
        """Why the CPU plays what was to be played on a GPU: a line for each model, or none."""
        return [by.fallback_reason for by in self._player.played_by if by.fallback_reason]

    @property
    def knobs(self) -> Mapping[str, Control]:
        """The effect's own controls and those around its graph."""
        return {**self._controls, **HOST_PARAMETERS}

    def step(self, name: str, share: float) -> None:
        """Move a control by a share of its range, as a knob does; switches go on or off.

        An automatic one is taken over from where it stands.
        """
        knob = self.knobs[name]
        stands_at = self.position(name)
        if knob.scale == "switch":
            moved = 1.0 if share > 0 else 0.0
        elif knob.scale == "log":
            moved = stands_at * (knob.maximum / knob.minimum) ** share
        else:
            moved = stands_at + share * (knob.maximum - knob.minimum)
        setattr(self, name, min(max(moved, knob.minimum), knob.maximum))

    def position(self, name: str) -> float:
        """Where a control stands: what it was set to, or where its predictor has moved it."""
        setting = self._settings[name]
        if not isinstance(setting, str):
            return setting
        applied = self._player.applied(name)
        return self.knobs[name].default if applied is None else applied

    @property
    def automatic(self) -> dict[str, float]:
        """The controls that move by themselves, and where they stand."""
        return {
            name: self.position(name)
            for name, setting in self._settings.items()
            if isinstance(setting, str)
        }

    def automation_trace(self, name: str | None = None) -> AutomationTrace:
        """How an automatic control moved in the last sound or stream: half an hour and more of it.

        `name` is needed only where several controls have a predictor. Any thread, also while
        another one plays. Raise ValueError where no predictor can move the control.
        """
        movable = [control.name for control in self._controls.values() if control.automatic_by]
        if name is None and len(movable) == 1:
            name = movable[0]
        if name not in movable:
            which = f"{name} has no predictor" if name else "say of which control"
            listed = f"; those with one are {', '.join(movable)}" if movable else ""
            raise ValueError(f"there are no such readings: {which}{listed}")
        return AutomationTrace(*self._player.automation_trace(name))

    def __getattr__(self, name: str) -> ParameterValue:
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
            self._keep(name, setting)
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
            f"{name}={getattr(self, name)!r}"
            if knob.scale == "switch" or isinstance(self._settings[name], str)
            else f"{name}={getattr(self, name):.6g}"
            for name, knob in self.knobs.items()
            if name in self._controls or self._settings[name] != knob.default
        )


def load_predictor(entry: EffectEntry, device: Device) -> _engine.Model:
    """The model of a predictor, shared by all who ask it now. Raise tonecast.Error."""
    return load_model(entry.files[entry.contract.sample_rate_hz], device=device)


def check_setting(control: Control, value: object) -> ParameterValue:
    """`value` as a float, or as it is if it says "auto".

    Raise TypeError if it is neither, ValueError outside of the range.
    """
    if isinstance(value, str) and is_automatic(value):
        return value
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
        or_auto = " or 'auto'" if control.automatic_by else ""
        raise TypeError(f"{control.name} takes a number{or_auto}, not {value!r}")
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
