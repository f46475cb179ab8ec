"""Parameters as attributes: what Effect, Stream and LiveEffect have in common."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from .. import _engine
from ..effect_files.catalog import EffectEntry
from ..effect_files.contract import Control
from ..effect_files.loading import Backend, Device, load_model
from .automation import AUTO, AutomationTrace, ParameterValue, find_predictor, is_automatic
from .chain import NO_CHAIN, Chain, ChainParameters

# Parameters of every effect, outside of its graph; described like the graph's own controls.
HOST_PARAMETERS = {
    control.name: control
    for control in (
        Control("mix", "Mix", "", "linear", 0.0, 1.0, 1.0),
        Control("input_gain_db", "Input gain", "dB", "linear", -60.0, 60.0, 0.0),
        Control("gate_db", "Noise gate", "dB", "linear", -100.0, 0.0, -100.0),  # -100 is off
        Control("bass_db", "Bass", "dB", "linear", -12.0, 12.0, 0.0),
        Control("middle_db", "Middle", "dB", "linear", -12.0, 12.0, 0.0),
        Control("treble_db", "Treble", "dB", "linear", -12.0, 12.0, 0.0),
        Control("output_gain_db", "Output gain", "dB", "linear", -60.0, 60.0, 0.0),
        Control("bypass", "Bypass", "", "switch", 0.0, 1.0, 0.0),
    )
}


class EffectParameters(ChainParameters):
    """The effect's controls, and those of every effect.

    These are `mix`, `input_gain_db`, `gate_db`, `bass_db`, `middle_db`, `treble_db`,
    `output_gain_db` and `bypass`, and those that are no numbers: `cabinet` and `stereo`.

    Each is an attribute: reading gives what was set last, a bool for switches and a float for the
    others; setting raises ValueError outside of its range. May be set from any thread, also while
    another one plays; changes in the middle of a stream are ramped.

    A control with a predictor may be set to "auto": it then follows the predictor's values for the
    last half second or so of the input. "auto:FILE.onnx" names another predictor.
    `automation_trace()` gives the values.
    """

    _stream_engine: _engine.Engine
    _effect_name: str
    _device: Device = "cpu"  # predictors run there, too
    _controls: Mapping[str, Control]
    _settings: dict[str, ParameterValue]
    _predictors: dict[str, EffectEntry]  # that controls were set to
    _attached: dict[str, EffectEntry]  # that the engine has

    def _start(
        self,
        effect_name: str,
        controls: Iterable[Control],
        settings: Mapping[str, object],
        chain: Chain = NO_CHAIN,
    ) -> None:
        self._effect_name = effect_name
        self._chain = chain
        self._controls = MappingProxyType({control.name: control for control in controls})
        self._settings = {name: parameter.default for name, parameter in self.parameters.items()}
        self._predictors = {}
        for name, setting in settings.items():
            if name not in self._settings:
                raise TypeError(self._unknown(name))
            self._settings[name] = self._checked(name, setting)

    def _connect(self, engine: _engine.Engine) -> None:
        """Set this engine's parameters from now on, first of all to their present values."""
        self._stream_engine = engine
        self._attached = {}
        self._connect_chain()
        for name, setting in self._settings.items():
            self._send(name, setting)

    def _checked(self, name: str, value: object) -> ParameterValue:
        """`value` as a setting, and its predictor kept. Errors name the effect."""
        control = self.parameters[name]
        try:
            setting = check_setting(control, value)
            if isinstance(setting, str):
                self._predictors[name] = find_predictor(control, setting)
        except (TypeError, ValueError) as error:  # tonecast.Error is one, too
            raise type(error)(f"{self._effect_name}: {error}") from None
        return setting

    def _send(self, name: str, setting: ParameterValue) -> None:
        if isinstance(setting, str):
            predictor = self._predictors[name]
            if self._attached.get(name) != predictor:  # attaching it again would reset it
                self._stream_engine.attach(name, load_predictor(predictor, self._device))
                self._attached[name] = predictor
            self._stream_engine.set_automatic(name, True)
        elif name in self._controls:
            self._stream_engine.set_control(name, setting)
            self._stream_engine.set_automatic(name, False)
        else:
            setattr(self._stream_engine, name, setting)

    @property
    def controls(self) -> Mapping[str, Control]:
        """The controls of the effect's graph by name: label, unit, scale, range and default."""
        return self._controls

    @property
    def settings(self) -> dict[str, ParameterValue]:
        """The values of all controls, those of every effect included."""
        return dict(self._settings)

    @property
    def counters(self) -> _engine.Counters:
        """Frames and predictions made, bad or late ones, and samples that are no audio.

        Counted since the sample rate, the channels or the hop size last changed.
        """
        return self._stream_engine.counters

    @property
    def device(self) -> Device:
        """The device that was asked for."""
        return self._device

    @property
    def fallback_reasons(self) -> list[str]:
        """Why models run on the CPU that were to run on a GPU: a line for each, or none."""
        return [by.fallback_reason for by in self._stream_engine.played_by if by.fallback_reason]

    @property
    def parameters(self) -> Mapping[str, Control]:
        """The effect's own controls, and those of every effect."""
        return {**self._controls, **HOST_PARAMETERS}

    def step(self, name: str, normalized: float) -> None:
        """Move a control by a normalized amount, 1 being its range; switches go on or off.

        An automatic control becomes manual, starting from its present value.
        """
        parameter = self.parameters[name]
        value = self.position(name)
        if parameter.scale == "switch":
            moved = 1.0 if normalized > 0 else 0.0
        elif parameter.scale == "log":
            moved = value * (parameter.maximum / parameter.minimum) ** normalized
        else:
            moved = value + normalized * (parameter.maximum - parameter.minimum)
        setattr(self, name, min(max(moved, parameter.minimum), parameter.maximum))

    def position(self, name: str) -> float:
        """A control's present value: what it was set to, or where its predictor has moved it."""
        setting = self._settings[name]
        if not isinstance(setting, str):
            return setting
        applied = self._stream_engine.applied(name)
        return self.parameters[name].default if applied is None else applied

    @property
    def automatic(self) -> dict[str, float]:
        """The automatic controls and their present values."""
        return {
            name: self.position(name)
            for name, setting in self._settings.items()
            if isinstance(setting, str)
        }

    def automation_trace(self, name: str | None = None) -> AutomationTrace:
        """Values of an automatic control over the last sound or stream, up to half an hour or more.

        `name` is needed only where several controls have a predictor. May be called from any
        thread, also while another one plays. Raise ValueError for a control without a predictor.
        """
        movable = [control.name for control in self._controls.values() if control.automatic_by]
        if name is None and len(movable) == 1:
            name = movable[0]
        if name not in movable:
            which = "name a control" if movable else "no predictor moves any of its controls"
            if name is not None:
                which = f"{name} has no predictor"
            listed = f"; those with one are {', '.join(movable)}" if movable else ""
            raise ValueError(f"{self._effect_name} has no such automation trace: {which}{listed}")
        return AutomationTrace(*self._stream_engine.automation_trace(name))

    def __getattr__(self, name: str) -> ParameterValue:
        if name.startswith("_"):  # not set yet: copying, for one, reads attributes before __init__
            raise AttributeError(name)
        if name not in self._settings:
            raise AttributeError(self._unknown(name))
        setting = self._settings[name]
        return bool(setting) if self.parameters[name].scale == "switch" else setting

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("_") or hasattr(type(self), name):
            object.__setattr__(self, name, value)
        elif name in self._settings:
            setting = self._checked(name, value)
            self._settings[name] = setting
            self._send(name, setting)
        else:
            raise AttributeError(self._unknown(name))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._settings})

    def _unknown(self, name: str) -> str:
        close = difflib.get_close_matches(name, self._settings, n=1)
        meant = f"; did you mean {close[0]!r}?" if close else ";"
        return (
            f"{self._effect_name} has no control {name!r}{meant} "
            f"its controls are {', '.join(self._settings)}"
        )

    def _portable_settings(self) -> dict[str, ParameterValue]:
        """The settings as another process can have them, whatever folder it runs in."""
        settings = self.settings
        for name, setting in settings.items():
            if isinstance(setting, str) and setting != AUTO:
                settings[name] = f"{AUTO}:{self._predictors[name].where}"
        return settings

    def _shown_controls(self) -> str:
        """The controls' values as text; those of every effect only where they were changed."""
        shown = [
            f"{name}={getattr(self, name)!r}"
            if parameter.scale == "switch" or isinstance(self._settings[name], str)
            else f"{name}={getattr(self, name):.6g}"
            for name, parameter in self.parameters.items()
            if name in self._controls or self._settings[name] != parameter.default
        ]
        return ", ".join(shown + self._shown_chain())


class CatalogEffect(EffectParameters):
    """An effect's parameters and what was asked for: catalogue entry, backend and hop size."""

    _entry: EffectEntry
    _backend: Backend
    _oversampling: int
    _linear_phase: bool | None
    _hop_size_samples: int

    @property
    def entry(self) -> EffectEntry:
        """The effect's files and their contracts."""
        return self._entry

    @property
    def name(self) -> str:
        """The effect's name."""
        return self._entry.name

    @property
    def backend(self) -> Backend:
        """The backend that was asked for."""
        return self._backend

    @property
    def oversampling(self) -> int:
        """How many times its own rate the model plays at."""
        return self._oversampling

    @property
    def linear_phase(self) -> bool | None:
        """How sample rates are converted; `None` is what suits the effect."""
        return self._linear_phase

    @property
    def hop_size_samples(self) -> int:
        """Samples from one frame to the next, at the model's rate."""
        return self._hop_size_samples


def load_predictor(entry: EffectEntry, device: Device) -> _engine.Model:
    """The model of a predictor, shared by all that use it now. Raise tonecast.Error."""
    return load_model(entry.files[entry.contract.sample_rate_hz], device=device)


def _shown(value: object) -> str:
    try:
        return reprlib.repr(value)
    except ValueError:  # thousands of digits
        return "that"


def check_setting(control: Control, value: object) -> ParameterValue:
    """`value` as a float, or as it is if it says "auto".

    Raise TypeError if it is neither, ValueError outside of the range.
    """
    if isinstance(value, str) and is_automatic(value):
        return value
    try:
        if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
            raise TypeError
        setting = float(value)
    except Exception:  # an array of several, an integer beyond all floats: what it likes to raise
        or_auto = " or 'auto'" if control.automatic_by else ""
        raise TypeError(f"{control.name} takes a number{or_auto}, not {_shown(value)}") from None
    if control.scale == "switch" and setting not in (0.0, 1.0):
        raise ValueError(f"{control.name} is a switch, on (1) or off (0); {setting:g} is neither")
    if not control.minimum <= setting <= control.maximum:
        unit = f" {control.unit}" if control.unit else ""
        raise ValueError(
            f"{control.name} goes from {control.minimum:g} to {control.maximum:g}{unit}; "
            f"{setting:g} is outside"
        )
    return setting
