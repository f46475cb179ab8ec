"""The configuration of a training, as a small TOML file: see models/configs/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from ...plugin_core.errors import Error
from ..data.knob import Knob
from ..families.family import WHOLE, ModelSize
from ..families.frame_family import FrameFamily, FrameFormat
from ..families.registry import AnyFamily, find_family, find_frame_family
from ..typed_toml import build, no_such, read_toml

Layout = Literal["synthetic", "noise", "salamander", "notes", "pairs", "idmt"]
ARITHMETIC = ("synthetic", "noise")  # layouts that need no folder
FITTED = ("linear", "dynamics")  # models that need no stages, see models/capture/fitted.py


@dataclass(frozen=True)
class Data:
    """The source of the notes, and what the effect file says about them.

    `folder` is relative to where the command is run; `parts` are folders in it, all of it by
    default. `effect` and `setting` choose among the pairs of IDMT-SMT-Audio-Effects. `linear` says
    of pairs that what they were recorded through is linear. Each training
    note is used at every one of `pitch_shifts_semitones` and `gains_db`: a nonlinear effect's
    output depends on the level. `mixtures` is the share of frames that another note is added to,
    dry and wet, which only a linear effect permits. For a nonlinear one `chords` are mixed before
    the effect is applied, one on each training note. `held_out` is the share of pitches kept for
    validation, and again for the test.
    """

    layout: Layout
    folder: str = ""
    parts: tuple[str, ...] = ()
    effect: str = ""
    setting: int = 1
    linear: bool = False
    longest_s: float = 4.0
    pitch_shifts_semitones: tuple[int, ...] = (0,)
    gains_db: tuple[float, ...] = (0.0,)
    mixtures: float = 0.0
    chords: bool = False
    held_out: float = 0.1
    credit: str = "notes made from arithmetic"
    licences: tuple[str, ...] = ("GPL-3.0-or-later",)


@dataclass(frozen=True)
class Stage:
    """One part of training: a loss, a number of steps, and a learning rate, which decays.

    `mode` is one of the family's training modes: of a CAE or CAFx, "convolutions" leaves the latent
    layers out, with dry and wet frames both input and target (DAFx 2018, section 3.1). A stage ends
    early after `patience` validations without improvement.
    """

    name: str
    loss: str
    steps: int
    learning_rate: float = 3e-3
    mode: str = WHOLE
    patience: int = 40


@dataclass(frozen=True)
class Config:
    """Everything that determines the result: the same config gives the same weights on one CPU.

    `model` names a family, `size` is of its size type. `curve_penalty` weighs the family's penalty
    in the loss: of a CAFx, `SAAF.smoothness_penalty`. `starts_from` names another training, saved
    in the same folder, whose weights are the initial ones: for an effect similar to another.

    Without `stages` a model of `FITTED` is fitted to its target: `tonecast.models.capture.fitted`.

    `knobs` are those of the device, of which every note has a setting: the conditions of a causal
    model, and the controls of the effect.

    Causal models have no frames: they learn from segments of `segment_samples`, of which
    `batch_frames` and `validation_frames` say how many.
    """

    name: str
    label: str
    description: str
    model: str
    size: ModelSize
    sample_rate_hz: int
    data: Data
    stages: tuple[Stage, ...] = ()
    target: str = ""
    delay_compensated: bool = True
    seed: int = 1
    batch_frames: int = 32
    curve_penalty: float = 0.0
    starts_from: str = ""
    hop_size_samples: int = 64
    segment_samples: int = 8192
    validate_every_steps: int = 250
    validation_frames: int = 512
    knobs: tuple[Knob, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for values that cannot be trained with."""
        from ..losses import LOSSES
        from ..targets import TARGETS

        brings_wet = self.data.layout in ("pairs", "idmt")
        if brings_wet and self.target:
            raise ValueError("recordings that come in pairs need no target; leave it out")
        if brings_wet and self.data.pitch_shifts_semitones != (0,):
            raise ValueError("pairs cannot be shifted in pitch; leave pitch_shifts_semitones out")
        if brings_wet and self.data.gains_db != (0.0,):
            raise ValueError("pairs cannot be made louder or quieter; leave gains_db out")
        if brings_wet and self.data.chords:
            raise ValueError("pairs cannot be mixed into chords; leave chords out")
        if not isinstance(self.size, self.family.size_type):
            raise ValueError(f"the size of a {self.model} must be {self.family.size_type.__name__}")
        if self.curve_penalty and not self.family.has_penalty:
            raise ValueError(f"a {self.model} has no curves to smooth; leave curve_penalty out")
        if self.curve_penalty < 0:
            raise ValueError(f"curve_penalty must be 0 or more, not {self.curve_penalty:g}")
        if not brings_wet and self.target not in TARGETS:
            raise ValueError(no_such("target", self.target, TARGETS))
        if self.data.linear and not brings_wet:
            raise ValueError("whether a target is linear is known; leave linear out")
        if self.data.layout not in ARITHMETIC and not self.data.folder:
            raise ValueError("the data need a folder; give one as folder or with --data")
        if not 0 <= self.data.mixtures <= 1:
            raise ValueError(f"mixtures must be from 0 to 1, not {self.data.mixtures:g}")
        if self.data.mixtures and not (self.target and TARGETS[self.target].linear):
            raise ValueError("only notes for a linear effect can be mixed; leave mixtures out")
        modes = self.family.training_modes()
        if not self.stages and not (self.model in FITTED and self.target):
            raise ValueError(
                f"without stages, {' and '.join(FITTED)} models alone are fitted, to a target; "
                f"give this one stages"
            )
        for stage in self.stages:
            if stage.loss not in LOSSES:
                raise ValueError(no_such("loss", stage.loss, LOSSES))
            if stage.mode not in modes:
                raise ValueError(no_such("training mode", stage.mode, modes))
        positive = {
            "steps": min((stage.steps for stage in self.stages), default=1),
            "learning_rate": min((stage.learning_rate for stage in self.stages), default=1),
            "patience": min((stage.patience for stage in self.stages), default=1),
            "sample_rate_hz": self.sample_rate_hz,
            "batch_frames": self.batch_frames,
            "hop_size_samples": self.hop_size_samples,
            "segment_samples": self.segment_samples,
            "validate_every_steps": self.validate_every_steps,
            "validation_frames": self.validation_frames,
            "longest_s": self.data.longest_s,
        }
        for name, value in positive.items():
            if not value > 0:
                raise ValueError(f"{name} must be above 0, not {value:g}")
        if isinstance(self.family, FrameFamily):
            frame = self.frame_format.frame_size_samples
            if frame % self.hop_size_samples:
                raise ValueError(
                    f"a frame of {frame} samples is no multiple of the hop of "
                    f"{self.hop_size_samples}"
                )
        if not 0 < self.data.held_out <= 1 / 3:
            raise ValueError(f"held_out must be above 0 and at most 1/3, not {self.data.held_out}")

    @property
    def family(self) -> AnyFamily:
        """The family of `model`."""
        return find_family(self.model)

    @property
    def frame_format(self) -> FrameFormat:
        """The frames that the model plays, and is trained on. Causal ones have none."""
        return find_frame_family(self.model).frame_format(self.size)

    @property
    def is_linear(self) -> bool:
        """Whether what is to be learned is linear: twice the input gives twice the output."""
        from ..targets import TARGETS

        return TARGETS[self.target].linear if self.target else self.data.linear

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, texts, lists and dicts; `from_dict` reads them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Config:
        """Raise ValueError for unknown, missing or impossible fields.

        The family of `model` says which sizes there are; those that are left out have its defaults.
        """
        given = {**values, "size": values.get("size", {})}
        if isinstance(given.get("stages"), list | tuple):
            given["stages"] = [_with_mode(stage, "stages.") for stage in given["stages"]]
        types = {}
        if "model" in given:
            types["size"] = find_family(build(str, given["model"], "model.")).size_type
        config: Config = build(cls, given, types=types)
        return config


def read_config(path: Path, folder: str | None = None) -> Config:
    """Read a config; `folder` replaces the one of its data. Raise tonecast.Error."""
    values = read_toml(path)
    if folder is not None and isinstance(values.get("data"), dict):
        values["data"]["folder"] = folder
    try:
        return Config.from_dict(values)
    except ValueError as error:
        raise Error(f"{path}: {error}") from None


def _with_mode(stage: Any, place: str) -> Any:
    """A stage with `mode` where it has `convolutions_only`, as configs said before."""
    old = "convolutions_only"
    if not isinstance(stage, dict) or old not in stage:
        return stage
    values = dict(stage)
    if build(bool, values.pop(old), f"{place}{old}."):
        values.setdefault("mode", "convolutions")
    return values
