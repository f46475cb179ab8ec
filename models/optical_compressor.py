"""A simulated optical compressor: a lamp follows the level, and a cell of light follows the lamp.

What makes it optical is the release: a part of the reduction is gone in a tenth of a second, the
rest takes the longer, the longer the cell has been lit. The numbers are our own, of no device.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from ..plugin_core.samples import Samples

Signal = NDArray[np.float64]

THRESHOLD_DB, KNEE_DB, RATIO = -30.0, 6.0, 3.0
MAKE_UP_DB = 6.0
LEVEL_S = 3e-3  # the mean of the power
FAST_SHARE = 0.5  # of the reduction
FAST_ATTACK_S, FAST_RELEASE_S = 5e-3, 80e-3
SLOW_ATTACK_S, SLOW_RELEASE_S = 60e-3, (0.4, 2.0)  # of a dark cell, and of one lit for long
MEMORY_S, MEMORY_DB = 3.0, 6.0  # of how the cell was lit; the reduction that counts as much
SILENCE = 1e-10  # power
STEP_SAMPLES = 16  # the cell is far slower


def render(dry: Samples, sample_rate_hz: int) -> Samples:
    """`dry` [samples] compressed, from rest: [samples], without delay."""
    smoothing = -math.expm1(-1 / (LEVEL_S * sample_rate_hz))
    power = signal.lfilter([smoothing], [1, smoothing - 1], np.square(dry, dtype=np.float64))
    level_db = 10 * np.log10(power[::STEP_SAMPLES] + SILENCE)
    beyond_db = KNEE_DB * np.logaddexp(0, (level_db - THRESHOLD_DB) / KNEE_DB)
    reduction_db = _cell((1 - 1 / RATIO) * beyond_db, STEP_SAMPLES / sample_rate_hz)
    # Each step's is reached at the next one, so nothing is known before it happens.
    times = np.arange(len(dry)) / STEP_SAMPLES
    late_db = np.interp(times, np.arange(len(reduction_db)) + 1, reduction_db)
    wet: Samples = (dry * 10 ** ((MAKE_UP_DB - late_db) / 20)).astype(np.float32)
    return wet


def _cell(lamp_db: Signal, step_s: float) -> Signal:
    """The reduction [steps] in dB that the cell makes of the lamp's, from rest."""

    def share(time_s: float) -> float:
        return -math.expm1(-step_s / time_s)

    attacks = share(FAST_ATTACK_S), share(SLOW_ATTACK_S)
    fast_release, memory = share(FAST_RELEASE_S), share(MEMORY_S)
    dark_s, lit_s = SLOW_RELEASE_S
    fast = slow = lit = 0.0
    reduction = np.empty(len(lamp_db))
    for step, lamp in enumerate(lamp_db.tolist()):
        fast += (attacks[0] if lamp > fast else fast_release) * (lamp - fast)
        release_s = dark_s + (lit_s - dark_s) * lit / (lit + MEMORY_DB)
        slow += (attacks[1] if lamp > slow else share(release_s)) * (lamp - slow)
        lit += memory * (lamp - lit)
        reduction[step] = FAST_SHARE * fast + (1 - FAST_SHARE) * slow
    return reduction
