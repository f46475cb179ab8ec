"""An excerpt of a long pair, for what need not be measured on all of it."""

from __future__ import annotations

import numpy as np

from ....plugin_core.samples import Samples

EXCERPT_S = 120.0
STEP_S = 1.0


def loudest_excerpt(dry: Samples, wet: Samples, sample_rate_hz: int) -> tuple[Samples, Samples]:
    """The two minutes of an aligned pair [samples each] with the loudest dry sound, or all of it.

    A device that is linear there is linear everywhere.
    """
    samples, step = round(EXCERPT_S * sample_rate_hz), round(STEP_S * sample_rate_hz)
    if len(dry) <= samples:
        return dry, wet
    energies = [float(np.dot(block, block)) for block in np.split(dry, range(step, len(dry), step))]
    total = np.concatenate([[0.0], np.cumsum(energies)])
    steps = samples // step
    begin = step * int((total[steps:] - total[:-steps]).argmax())
    begin = min(begin, len(dry) - samples)
    return dry[begin : begin + samples], wet[begin : begin + samples]
