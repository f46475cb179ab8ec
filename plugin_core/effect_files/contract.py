"""The contract of an effect file: what its player may rely on.

A typed mirror of the JSON object in the file's metadata. The rules are checked by the engine alone,
so that a file is refused with the same message wherever it is opened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass, replace
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from .. import _engine
from ..errors import Error

VERSION = 5  # the newest; a contract is written as the oldest that says all of it

Kind = Literal["effect", "predictor"]
Form = Literal["frame", "causal", "filter"]
Window = Literal["none", "hann", "sqrt_hann"]
Scale = Literal["linear", "log", "switch"]
Unit = Literal["", "Hz", "ms", "dB", "dBu", "octaves"]
Response = Literal["linear", "nonlinear"]
Recipe = Literal["silence", "impulse", "tones", "noise"]

_FRAME_ONLY = (
    "frame_size_samples",
    "hop_size_samples",
    "hop_sizes_samples",
    "analysis_window",
    "synthesis_window",
)
_FILTER_ONLY = ("transform_size_samples", "filter_taps_samples", "max_gain_db")
_EFFECT_ONLY = (*_FRAME_ONLY, "controls", "trained_level", "tail_s")


@dataclass(frozen=True)
class Control:
    """One scalar input of the graph, as users see it.

    `name` is the input's name and carries its unit (`low_hz`); `unit` is how it is printed. `scale`
    says how a knob maps to values: evenly ("linear"), by ratio ("log"), or 0 and 1 only ("switch").
    `automatic_by` names the predictor that may move it.
    """

    name: str
    label: str
    unit: Unit
    scale: Scale
    minimum: float = field(metadata={"key": "min"})
    maximum: float = field(metadata={"key": "max"})
    default: float
    automatic_by: str | None = None


@dataclass(frozen=True)
class PredictorTiming:
    """A predictor's input window, period, and the time constant of the control's smoothing."""

    window_samples: int
    period_s: float
    smoothing_s: float


@dataclass(frozen=True)
class Architecture:
    """The model family that the graph is of: "cae", "wavenet", "recurrent" and kin.

    `sizes` are those of a frame effect; `network` is the shape of a causal or filter effect in the
    family's own terms, a JSON object. A runtime that knows it may compute it by other means than
    the graph. The weights are the graph's initializers, under the names that `tonecast.export`
    gives them.
    """

    name: str
    sizes: Mapping[str, int] = field(default_factory=dict)
    network: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainedLevel:
    """The levels that a model has learned from, as peaks in dBFS.

    Of a "nonlinear" response, a distortion's or a compressor's, `input_peak_db` is the highest
    sample that it was trained on, `output_peak_db` the highest that it was to give: input and
    output are held to them. Of a "linear" one, an equalizer's, `input_peak_db` is the peak of the
    windowed frames up to which it plays well, `output_peak_db` the highest that those may give:
    level is taken out of louder frames before the model and put back after it.
    """

    response: Response
    input_peak_db: float
    output_peak_db: float


@dataclass(frozen=True)
class Capture:
    """What a capture of a device says of itself, where it does, and what listening has shown.

    `loudness_db` is the level of its output for the trainer's test signal, in dB; the levels in dBu
    are the analog ones of digital full scale at the device's input and output. `peak_samples` is
    where its answer to a click is largest, and `inverted` whether it is negative there.
    """

    loudness_db: float | None = None
    input_level_dbu: float | None = None
    output_level_dbu: float | None = None
    peak_samples: int | None = None
    inverted: bool | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Provenance:
    """Where an effect comes from: training data, its licences, reported losses, ISO 8601 date."""

    data: str
    licences: tuple[str, ...]
    losses: Mapping[str, float]
    date: str


@dataclass(frozen=True)
class ParitySignal:
    """A test signal, as a recipe, and what PyTorch made of it.

    `values[i]` is the output at `probes[i]`, an index into the flattened output
    [frames, channels, frame_size]; `rms` is that of all of it. Linear, full scale = 1.
    """

    name: str
    recipe: Recipe
    seed: int
    frames: int
    channels: int
    controls: Mapping[str, float]
    probes: tuple[int, ...]
    values: tuple[float, ...]
    rms: float


@dataclass(frozen=True)
class ParityRecord:
    """Evidence that the graph computes what the PyTorch model did; re-run by `tonecast.verify`.

    `largest_difference` is over all samples of all signals at export, `tolerance` the difference
    that a re-run may have; both linear, full scale = 1.
    """

    graph_sha256: str
    contract_sha256: str
    tolerance: float
    largest_difference: float
    signals: tuple[ParitySignal, ...]


@dataclass(frozen=True)
class WholeRecord:
    """Evidence that the stream is what the model makes of the whole sound at once.

    The model as its author wrote it maps a test signal, `samples` long with `silence_samples` in
    front and at most as loud as `peak` (see whole_record.py), to `values[i]` at `probes[i]`.
    `largest_difference` is over all samples of the stream at export, `tolerance` what a re-run may
    have; linear, full scale = 1.
    """

    seed: int
    samples: int
    silence_samples: int
    controls: Mapping[str, float]
    tolerance: float
    largest_difference: float
    probes: tuple[int, ...]
    values: tuple[float, ...]
    peak: float = 1.0


@dataclass(frozen=True)
class Contract:
    """The contract of an effect file. Predictors have no frames, windows or controls.

    A causal effect takes any number of samples. Its frame and its hop are the block that its graph
    takes, in which ONNX Runtime plays it; a reset is followed by `prewarm_samples` of silence. What
    it answers at index i belongs to the input at index i − `delay_samples`, for a model that looks
    ahead: the latency is longer by that, and the dry sound as late.

    A filter effect's graph says how to filter what comes after its frame: a gain in dB for each bin
    of a transform of `transform_size_samples`, held to `max_gain_db`, which becomes a filter of
    `filter_taps_samples` at the contract's rate.

    With a `sidechain` its graph gets a second sound of the same shape. `channels` is how many it
    plays together, `None` where it plays each by itself, 1 to 8 of them.

    `trained_level` is `None` where it is not known. `tail_s` is how long the effect sounds on after
    its input, `None` for ever.
    """

    kind: Kind
    name: str
    label: str
    description: str
    sample_rate_hz: int
    provenance: Provenance
    parity: ParityRecord
    frame_size_samples: int = 0
    hop_size_samples: int = 0
    hop_sizes_samples: tuple[int, ...] = ()
    analysis_window: Window = "none"
    synthesis_window: Window = "none"
    controls: tuple[Control, ...] = ()
    predictor: PredictorTiming | None = None
    architecture: Architecture | None = None
    trained_level: TrainedLevel | None = None
    tail_s: float | None = 0.0
    form: Form = "frame"
    prewarm_samples: int = 0
    delay_samples: int = 0
    sidechain: bool = False
    channels: int | None = None
    capture: Capture | None = None
    whole: tuple[WholeRecord, ...] = ()
    transform_size_samples: int = 0
    filter_taps_samples: int = 0
    max_gain_db: float = 0.0

    @property
    def graph_controls(self) -> tuple[Control, ...]:
        """Those that are inputs of the graph: a filter effect's `delta` is its player's."""
        return tuple(c for c in self.controls if self.form != "filter" or c.name != "delta")

    @property
    def bins(self) -> int:
        """Of a filter effect's curve."""
        return self.transform_size_samples // 2 + 1

    @property
    def hears_sidechain(self) -> bool:
        """Whether it listens to a second sound: a filter effect to it instead of its input."""
        return self.sidechain or (self.kind == "effect" and self.form == "filter")

    @property
    def sounds(self) -> int:
        """How many sounds its graph gets: the input, and perhaps a side-chain."""
        return 2 if self.sidechain else 1

    @classmethod
    def from_json(cls, text: str) -> Contract:
        """Read `tonecast.contract`. Raise tonecast.Error where it breaks a rule."""
        _engine.check_contract(text)
        data = json.loads(text)
        if data.get("form") == "causal":
            block = data["block_size_samples"]
            data |= {"frame_size_samples": block, "hop_size_samples": block}
            data["hop_sizes_samples"] = [block]
        contract: Contract = _read(cls, data, "")
        return contract

    def to_json(self) -> str:
        """The text for `tonecast.contract`: the same contract gives the same text."""
        causal = self.form == "causal"
        hears_more = self.sidechain or self.channels is not None
        # What an earlier reader can play keeps the version that it knows.
        version = {"frame": 1, "causal": 3 if self.delay_samples else 2, "filter": 4}[self.form]
        data = {"version": VERSION if hears_more else version, **_write(self)}
        # Left out as earlier writers did, who did not know them.
        unknown: dict[str, Any] = {
            "architecture": None,
            "trained_level": None,
            "tail_s": 0.0,
            "capture": None,
            "delay_samples": 0,
            "sidechain": False,
            "channels": None,
            "whole": [],
        }
        for record in data["whole"]:
            if record["peak"] == 1.0:
                del record["peak"]
        for key, usual in unknown.items():
            if data[key] == usual:
                del data[key]
        left_out: tuple[str, ...] = ("form", "prewarm_samples", *_FILTER_ONLY)
        if self.form == "filter":
            left_out = ("synthesis_window", "prewarm_samples")
        elif hears_more:
            left_out = ("prewarm_samples", *_FILTER_ONLY)
        if causal:
            left_out = (*_FRAME_ONLY, *_FILTER_ONLY)
            data["block_size_samples"] = self.frame_size_samples
        elif self.kind == "predictor":
            left_out += _EFFECT_ONLY
        if self.architecture is not None:
            del data["architecture"]["network" if self.form == "frame" else "sizes"]
        data = {key: value for key, value in data.items() if key not in left_out}
        return json.dumps(data, ensure_ascii=False, allow_nan=False)

    def sealed(self) -> Contract:
        """Return this contract with `parity.contract_sha256` filled in."""
        digest = contract_sha256(self.to_json())
        return replace(self, parity=replace(self.parity, contract_sha256=digest))


def contract_sha256(text: str) -> str:
    """Hash of a contract's content, whatever its layout as text, without the hash itself.

    It reveals edits, not forgery: a forger can seal a contract again.
    """
    data: dict[str, Any] = json.loads(text)
    data["parity"] = {k: v for k, v in data["parity"].items() if k != "contract_sha256"}
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _write(value: Any) -> Any:
    if is_dataclass(value):
        return {_key(field): _write(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_write(element) for element in value]
    return dict(value) if isinstance(value, Mapping) else value


def _read(kind: Any, value: Any, place: str) -> Any:
    """A JSON value as the annotated type `kind`. Raise tonecast.Error where it is of another type.

    Unknown fields are ignored, as by the engine: a later writer may add optional ones.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(value, dict):
        hints = get_type_hints(kind)
        found = {}
        for field in fields(kind):
            inside = f'{place}: "{_key(field)}"' if place else f'"{_key(field)}"'
            if _key(field) in value:
                found[field.name] = _read(hints[field.name], value[_key(field)], inside)
            elif field.default is MISSING and field.default_factory is MISSING:
                raise Error(f"contract: {inside} is missing")
        return kind(**found)
    if origin is tuple and isinstance(value, list):
        return tuple(_read(arguments[0], element, place) for element in value)
    if kind is Any:
        return value
    if origin is Mapping and isinstance(value, dict):
        return {key: _read(arguments[1], element, place) for key, element in value.items()}
    if origin in (UnionType, Union):  # T | None
        return None if value is None else _read(arguments[0], value, place)
    if origin is Literal and value in arguments:
        return value
    if kind is float and type(value) in (int, float):
        return float(value)
    if kind in (int, str, bool) and type(value) is kind:
        return value
    raise Error(f"contract: {place} does not hold what it should")


def _key(field: Field[Any]) -> str:
    return str(field.metadata.get("key", field.name))
