"""The rungs of the ladder: what is tried on a pair, from the cheapest to the dearest.

A filter is fitted in closed form; the others are trained. LSTMs and small WaveNets are tried where
little may be spent, frame models when they are asked for: in the same time they learn less. ESR on
the validation part in dB, one core:

| | OD300, an overdrive | CL 1B, a compressor |
|---|---:|---:|
| filter | −4 | −18 |
| shaper, 24 s | −12 | |
| LSTM 1 × 16, 30 and 60 s | −7 | −12 |
| LSTM 1 × 32, 30 s | −8 | |
| GRU 1 × 16, 60 s | | −13 |
| CAFx and CAE, 2 min | −6 | −19 |
| WaveNet, 90 and 120 s | −21 | −22 |
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from ....plugin_core.errors import Error
from ...data.pair.pair import Pair
from ...families.autoencoder.cae import AutoencoderSize
from ...families.causal_family import CausalFamily
from ...families.dynamics.family import DynamicsSize
from ...families.family import ModelSize
from ...families.recurrent.family import RecurrentSize
from ...families.registry import find_family
from ...families.wavenet.family import LinearSize, WaveNetSize
from ...families.wavenet.shaper import ShaperSize

REFERENCE_RATE_HZ = 46_000
A2_DILATIONS = (1, 3, 7, 17, 41, 101, 239)


@dataclass(frozen=True)
class Rung:
    """A model to train on a pair, and its share of the time.

    `size` makes a size for a sample rate; a batch is of segments, or of frames. Of
    `segments_samples` the first is taken of which enough steps fit into the time.
    """

    name: str
    model: str
    size: Callable[[int], ModelSize]
    loss: str
    learning_rate: float
    batch: int
    share: float = 1.0
    segments_samples: tuple[int, ...] = (24_576, 8192)
    curve_penalty: float = 0.0

    @property
    def is_causal(self) -> bool:
        """Whether it plays without latency, and learns from segments."""
        return isinstance(find_family(self.model), CausalFamily)


def rungs_for(pair: Pair, cheaply: bool = False) -> list[Rung]:
    """Those that a pair's device type gives hope for; `cheaply`, those that cost little as well."""
    device = pair.device_type
    if device.is_linear:
        return [FILTER, WAVENET]
    dynamics = [DYNAMICS] if device.has_dynamic_gain else []
    cheap = [LSTM, SMALL_WAVENET] if cheaply else []
    return [FILTER, SHAPER, *dynamics, *cheap, WAVENET]


def rungs_of(family: str) -> list[Rung]:
    """Those of a family. Raise tonecast.Error where there are none."""
    found = [rung for rung in ALL if rung.model == family]
    if not found:
        known = ", ".join(sorted({rung.model for rung in ALL}))
        raise Error(f"captures know no family '{family}'; there is {known}")
    return found


def rate_scale(sample_rate_hz: int) -> float:
    """Length of frames and filters, relative to those at 44.1 and 48 kHz: 1, ½ or ¼."""
    return 2.0 ** min(0, max(-2, round(math.log2(sample_rate_hz / REFERENCE_RATE_HZ))))


def nonlinear_size(sample_rate_hz: int) -> AutoencoderSize:
    """Frames of 5 to 6 ms for nonlinear devices."""
    scale = rate_scale(sample_rate_hz)
    return AutoencoderSize(
        frame=round(256 * scale),
        filters=32,
        filter_taps=round(128 * scale),
        smoothing_taps=round(32 * scale),
        pool=2,
    )


def linear_size(sample_rate_hz: int) -> AutoencoderSize:
    """Frames of 21 to 23 ms for equalizers and devices with dynamic gain."""
    scale = rate_scale(sample_rate_hz)
    return AutoencoderSize(
        frame=round(1024 * scale),
        filters=64,
        filter_taps=round(128 * scale),
        smoothing_taps=round(128 * scale),
        pool=max(2, round(8 * scale)),
    )


FILTER = Rung("filter", "linear", lambda rate_hz: LinearSize(), "batch-esr", 1.0, batch=1, share=0)
SHAPER = Rung("shaper", "shaper", lambda rate_hz: ShaperSize(), "batch-esr", 1e-3, 4, share=0.1)
DYNAMICS = Rung(
    "dynamics", "dynamics", lambda rate_hz: DynamicsSize(), "batch-esr", 1.0, batch=1, share=0
)
LSTM = Rung(
    "LSTM",
    "recurrent",
    lambda rate_hz: RecurrentSize(hidden_size=16),
    "batch-esr",
    learning_rate=1e-2,
    batch=16,
    share=0.3,
    segments_samples=(8192,),
)
SMALL_WAVENET = Rung(
    "small WaveNet",
    "wavenet",
    lambda rate_hz: WaveNetSize(),
    "batch-esr",
    1e-2,
    batch=4,
    share=0.3,
)
WAVENET = Rung(
    "WaveNet",
    "wavenet",
    lambda rate_hz: WaveNetSize(dilations=3 * A2_DILATIONS),
    "batch-esr",
    1e-2,
    batch=4,
    share=0.9,
)
CAE = Rung("CAE", "cae", linear_size, "esr", 3e-3, batch=32)
CAFX = Rung("CAFx", "cafx", nonlinear_size, "batch-esr", 2e-3, batch=32, curve_penalty=1e-6)
ALL = (FILTER, SHAPER, DYNAMICS, LSTM, SMALL_WAVENET, WAVENET, CAE, CAFX)
