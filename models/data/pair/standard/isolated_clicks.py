"""Clicks with silence around them, which no music has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import maximum_filter1d

from .....plugin_core.samples import Samples

BLOCK_S = 0.005
ALONE_S = 0.2  # silence on both sides
SILENT = 0.02  # of the click's peak: rounding to 16 bits, and the ringing of a resampler


@dataclass(frozen=True)
class IsolatedClick:
    """Where a click peaks, in seconds, and the sample there."""

    time_s: float
    peak: float


def isolated_clicks(audio: Samples, sample_rate_hz: int) -> list[IsolatedClick]:
    """All clicks of `audio` [samples] of a few milliseconds with 0.2 s of silence around them."""
    block = max(1, round(BLOCK_S * sample_rate_hz))
    whole = -(-len(audio) // block)
    blocks = np.abs(np.pad(audio, (0, whole * block - len(audio)))).reshape(whole, block)
    loudest = blocks.max(axis=1)
    around = round(ALONE_S / BLOCK_S)
    # highest[i]: of the blocks from `around` before the i-th on, but for the last two before it.
    highest = sliding_window_view(np.pad(loudest, around), around - 1).max(axis=1)
    quiet = np.maximum(highest[:whole], highest[around + 2 :])
    # A click on an edge between two blocks is in both of them, and counts in the louder one.
    alone = (loudest == maximum_filter1d(loudest, 3)) & (quiet <= SILENT * loudest) & (loudest > 0)
    clicks: list[IsolatedClick] = []
    for k in np.flatnonzero(alone):
        at = int(k) * block + int(blocks[k].argmax())
        time_s = at / sample_rate_hz
        if not clicks or time_s - clicks[-1].time_s > BLOCK_S:
            clicks.append(IsolatedClick(time_s, float(audio[at])))
    return clicks
