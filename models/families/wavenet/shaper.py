"""Filter, curve, filter: the WaveNet of one layer that every overdrive pedal is in first place.

    sound ─ filter (taps before) ─ curve (ReLUs) ─ filter (taps after) ─ out

Its first weights are found in closed form, see `tonecast.models.capture.ladder.shaper_rung`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....plugin_core.samples import Samples
from ..causal_family import CausalFamily
from .wavenet import WaveNet

Points = NDArray[np.float64]
IDENTITY = {"type": "LeakyReLU", "negative_slope": 1.0}


@dataclass(frozen=True)
class ShaperSize:
    """Taps of the two filters, and between how many points the curve is straight."""

    taps_before: int = 512
    points: int = 32
    taps_after: int = 64

    def __post_init__(self) -> None:
        """Raise ValueError for shapes that cannot be built."""
        if min(self.taps_before, self.taps_after) < 1 or self.points < 2:
            raise ValueError("A shaper needs filters of a tap or more, and a curve of two points.")

    def network(self) -> Mapping[str, Any]:
        """See docs/effect-file.md."""
        return {
            "arrays": [
                _array(1, self.taps_before, IDENTITY, self.points, {"groups": 1}),
                # Its channels are the bends of the curve, which have nothing to do with each other.
                _array(self.points, 1, {"type": "ReLU"}, 1, None),
            ],
            "head": {
                "activation": IDENTITY,
                "convolutions": [{"out_channels": 1, "kernel_size": self.taps_after}],
            },
            "condition": None,
        }


def _array(
    channels: int,
    taps: int,
    activation: Mapping[str, Any],
    head_channels: int,
    layer1x1: Mapping[str, Any] | None,
) -> Mapping[str, Any]:
    layer = {
        "kernel_size": taps,
        "dilation": 1,
        "activation": activation,
        "gating": "none",
        "gate_activation": {"type": "Sigmoid"},
    }
    return {
        "input_size": 1,
        "condition_size": 1,
        "channels": channels,
        "bottleneck": channels,
        "groups_input": channels,
        "groups_mixin": 1,
        "layers": [layer],
        "layer1x1": layer1x1,
        "head1x1": None,
        "films": {},
        "head": {"out_channels": head_channels, "kernel_size": 1, "dilation": 1, "bias": True},
    }


def shaper_weights(size: ShaperSize, taps: Points, inputs: Points, outputs: Points) -> Samples:
    """The flat weights that play the filter of `taps`, then a curve, and nothing after it.

    `taps` [taps_before] begin with the newest sample's; the curve goes through (`inputs`,
    `outputs`) [points] in straight lines and is constant beyond.
    """
    points, zero, one = size.points, np.zeros, np.ones(1)
    difference = taps[::-1].copy()  # a layer adds what it makes to the sound
    difference[-1] -= 1
    slopes = np.diff(outputs) / np.diff(inputs)
    bends = np.diff(slopes, prepend=0, append=0)
    now = zero(size.taps_after)
    now[-1] = 1
    filter_before = [one, difference, zero(1), zero(1), one, zero(1)]
    to_head = [zero(points), zero(points)]
    curve = [np.ones(points), np.ones(points), -inputs, zero(points)]
    from_curve = [bends, outputs[:1]]
    filter_after = [now, zero(1)]
    head_scale = [one]
    parts = [filter_before, to_head, curve, from_curve, filter_after, head_scale]
    return np.concatenate([array for part in parts for array in part]).astype(np.float32)


SHAPER_FAMILY = CausalFamily(WaveNet, ShaperSize, "shaper")
