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
from .family import layer_array
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
        bends = layer_array(
            self.points,
            [_layer(1, {"type": "ReLU"})],
            groups_input=self.points,  # the bends of the curve do not mix
            layer1x1=None,  # and go nowhere but to the head
        )
        return {
            "arrays": [
                layer_array(1, [_layer(self.taps_before, IDENTITY)], self.points),
                bends,
            ],
            "head": {
                "activation": IDENTITY,
                "convolutions": [{"out_channels": 1, "kernel_size": self.taps_after}],
            },
            "condition": None,
        }


def _layer(taps: int, activation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kernel_size": taps,
        "dilation": 1,
        "activation": activation,
        "gating": "none",
        "gate_activation": {"type": "Sigmoid"},
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
