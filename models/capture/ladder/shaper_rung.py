"""Where filter, curve, filter begins: the filter and the curve in closed form."""

from __future__ import annotations

import numpy as np

from ....plugin_core.samples import Samples
from ...data.pair.baselines import Signal, fit_curve
from ...data.pair.fir import filtered, fit_fir
from ...data.pair.pair import Pair
from ...families.wavenet.shaper import SHAPER_FAMILY, ShaperSize, shaper_weights
from ...training.checkpoint import Weights
from ..split import Spans


def shaper_start(pair: Pair, spans: Spans) -> Weights:
    """The weights of the filter with the least error in the training parts, and the best curve."""
    size, training = ShaperSize(), spans.training
    taps = fit_fir(pair.dry, pair.wet, training, size.taps_before)
    through = filtered(pair.dry, taps)
    heard, wanted = (np.concatenate([s[b:e] for b, e in training]) for s in (through, pair.wet))
    network = SHAPER_FAMILY.build(size)
    network.load_flat(shaper_weights(size, taps, *fit_points(heard, wanted, size.points)))
    return network.state_dict()


def fit_points(heard: Signal, wanted: Samples, count: int) -> tuple[Signal, Signal]:
    """`count` points of the best curve from one sound to the other; both [samples].

    They are closer together where the sound is most of the time.
    """
    curve = fit_curve(heard, wanted)
    loudest = float(np.abs(heard).max()) or 1.0
    # As far from zero as the square root of the way to the end: half of them in a quarter of it.
    way = np.linspace(-1, 1, count)
    inputs = loudest * np.sign(way) * np.square(way)
    weights = np.sqrt(_counts(heard, curve.inputs))
    hats = np.array([np.interp(curve.inputs, inputs, one) for one in np.eye(count)]).T
    outputs, *_ = np.linalg.lstsq(
        np.vstack([hats * weights[:, None], 1e-3 * np.diff(np.eye(count), 2, axis=0)]),
        np.concatenate([curve.outputs * weights, np.zeros(count - 2)]),
        rcond=None,
    )
    return inputs, outputs


def _counts(heard: Signal, inputs: Signal) -> Signal:
    """How many samples lie nearest to each of the inputs, which ascend."""
    nearest = np.searchsorted((inputs[1:] + inputs[:-1]) / 2, heard)
    return np.bincount(nearest, minlength=len(inputs)).astype(np.float64)
