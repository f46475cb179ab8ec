"""The configuration for a pair: architecture and size by its device type, steps by the time given.

Chosen by trials of one to two minutes each on one thread, ESR on the validation part, of an OD300
overdrive (CAFx) and a CL 1B compressor; the papers' size was made for 16 kHz and long trainings:

| size | steps | ESR, dB |
|---|---:|---:|
| CAFx, the papers': frame 1024, 128 filters of 64 taps, pool 16 | 130 | +0.9 |
| frame 512, 32 filters of 128 taps, pool 16 | 458 | −3.9 |
| the same, pool 4 | 430 | −5.1 |
| the same, pool 2 | 491 | −5.5 |
| frame 256, 32 filters of 128 taps, pool 2 | 801 | −6.3 |
| compressor: CAFx, frame 512, 32 filters, pool 4 | 200 | −4.3 |
| compressor: CAE, frame 1024, 64 filters of 128 taps, pool 8 | 381 | −18.7 |

So a nonlinear device (waveshaping) gets a small CAFx with short frames, a fine pool and many steps;
a linear one, or one with dynamic gain (compression), gets a CAE: filters with gains that follow the
envelopes.
"""

from __future__ import annotations

import math
import re

from ...plugin_core.errors import Error
from ..data.pair.pair import Pair
from ..families.autoencoder.cae import AutoencoderSize
from ..families.autoencoder.family import CAE_FAMILY, CAFX_FAMILY
from ..training.config import Config, Data, Stage

NAME = re.compile(r"[a-z][a-z0-9-]*")
REFERENCE_RATE_HZ = 46_000
BATCH_FRAMES = 32
HOP_SAMPLES = 32
VALIDATIONS = 40  # in all
TWO_FILES = "(two files)"
LICENCE = "not stated"


def check_name(name: str) -> None:
    """Raise tonecast.Error for what cannot be an effect's name."""
    if not NAME.fullmatch(name):
        raise Error(
            f"an effect cannot be called '{name}'; names are made of a-z, 0-9 and -, a letter "
            f"first, as in my-device"
        )


def config_for(pair: Pair, name: str, steps: int) -> Config:
    """The configuration for a pair, with `steps` steps of 32 frames."""
    device = pair.device_type
    nonlinear = not (device.is_linear or device.has_dynamic_gain)
    scale = rate_scale(pair.sample_rate_hz)
    return Config(
        name=name,
        label=name.replace("-", " ").capitalize(),
        description=f"Captured from a device: {pair.credit}.",
        model=(CAFX_FAMILY if nonlinear else CAE_FAMILY).name,
        sample_rate_hz=pair.sample_rate_hz,
        data=Data(
            "pairs",
            folder=TWO_FILES,
            linear=device.is_linear and not device.has_dynamic_gain,
            credit=pair.credit,
            licences=(LICENCE,),
        ),
        size=nonlinear_size(scale) if nonlinear else linear_size(scale),
        stages=(
            Stage(
                "learning the device",
                "batch-esr" if nonlinear else "esr",
                steps,
                learning_rate=2e-3 if nonlinear else 3e-3,
                patience=VALIDATIONS,
            ),
        ),
        curve_penalty=1e-6 if nonlinear else 0.0,
        batch_frames=BATCH_FRAMES,
        hop_size_samples=HOP_SAMPLES,
        validate_every_steps=max(1, steps // VALIDATIONS),
    )


def rate_scale(sample_rate_hz: int) -> float:
    """Length of frames and filters, relative to those at 44.1 and 48 kHz: 1, ½ or ¼."""
    return 2.0 ** min(0, max(-2, round(math.log2(sample_rate_hz / REFERENCE_RATE_HZ))))


def nonlinear_size(scale: float) -> AutoencoderSize:
    """Frames of 5 to 6 ms for nonlinear devices."""
    return AutoencoderSize(
        frame=round(256 * scale),
        filters=32,
        filter_taps=round(128 * scale),
        smoothing_taps=round(32 * scale),
        pool=2,
    )


def linear_size(scale: float) -> AutoencoderSize:
    """Frames of 21 to 23 ms for equalizers and devices with dynamic gain."""
    return AutoencoderSize(
        frame=round(1024 * scale),
        filters=64,
        filter_taps=round(128 * scale),
        smoothing_taps=round(128 * scale),
        pool=max(2, round(8 * scale)),
    )
