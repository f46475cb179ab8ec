"""The configuration of a training on a pair: a rung of the ladder, with steps by the time given."""

from __future__ import annotations

import re

from ....plugin_core.errors import Error
from ...data.pair.pair import Pair
from ...training.config import Config, Data, Stage
from .rungs import Rung

NAME = re.compile(r"[a-z][a-z0-9-]*")
HOP_SAMPLES = 32
VALIDATIONS = 40  # in all
VALIDATION_SEGMENTS = 64
TWO_FILES = "(two files)"
LICENCE = "not stated"


def check_name(name: str) -> None:
    """Raise tonecast.Error for what cannot be an effect's name."""
    if not NAME.fullmatch(name):
        raise Error(
            f"an effect cannot be called '{name}'; names are made of a-z, 0-9 and -, a letter "
            f"first, as in my-device"
        )


def config_for(
    pair: Pair, name: str, rung: Rung, steps: int = 1, segment_samples: int = 8192
) -> Config:
    """The configuration for a pair, with `steps` steps."""
    device = pair.device_type
    return Config(
        name=name,
        label=name.replace("-", " ").capitalize(),
        description=f"Captured from a device: {pair.credit}.",
        model=rung.model,
        sample_rate_hz=pair.sample_rate_hz,
        data=Data(
            "pairs",
            folder=TWO_FILES,
            linear=device.is_linear and not device.has_dynamic_gain,
            credit=pair.credit,
            licences=(LICENCE,),
        ),
        size=rung.size(pair.sample_rate_hz),
        stages=(
            Stage(
                f"learning the device: {rung.name}",
                rung.loss,
                steps,
                learning_rate=rung.learning_rate,
                patience=VALIDATIONS,
            ),
        ),
        curve_penalty=rung.curve_penalty,
        batch_frames=rung.batch,
        hop_size_samples=HOP_SAMPLES,
        segment_samples=segment_samples,
        validate_every_steps=max(1, steps // VALIDATIONS),
        validation_frames=VALIDATION_SEGMENTS if rung.is_causal else 512,
    )
