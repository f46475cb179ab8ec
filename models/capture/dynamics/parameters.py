"""The numbers of dynamics as a fit moves them, and as networks have them.

A fit wants numbers of any size and of like effect: time constants and the knee as logarithms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...families.dynamics.dynamics import Dynamics
from ...families.dynamics.family import DYNAMICS_FAMILY, DynamicsSize

Vector = NDArray[np.float64]

SHARED, OWN = 5, 4  # as in cpp_host/training/dynamics/reduction.h
KNEE = 4
SHORTEST_SAMPLES, LONGEST_S = 0.1, 30.0
KNEE_DB = (0.1, 30.0)


@dataclass(frozen=True)
class Start:
    """Where a fit of one path begins: times in seconds, the threshold by the levels there are.

    `quantile` is how much of the sound is below the threshold.
    """

    reduces_above: bool = True
    quantile: float = 0.75
    lowpass_s: float = 0.6e-3
    amount: float = 0.1
    detector_s: float = 0.05e-3
    knee_db: float = 4.0
    hold_s: float = 0.5e-3
    attack_s: float = 5e-3
    release_s: float = 100e-3
    depth: float = 0.8

    def free(self, threshold_db: float, sample_rate_hz: int) -> Vector:
        """As a fit moves them, [9]."""
        shared = [self.lowpass_s, self.amount, self.detector_s, threshold_db, self.knee_db]
        values = np.array([*shared, self.hold_s, self.attack_s, self.release_s, self.depth])
        times = time_constants(len(values))
        values[times] = np.log(values[times] * sample_rate_hz)
        values[KNEE] = math.log(values[KNEE])
        return values


def path_count(size: int) -> int:
    """Of so many numbers."""
    return (size - SHARED) // OWN


def time_constants(size: int) -> NDArray[np.int_]:
    """Which of so many numbers are time constants."""
    own = SHARED + OWN * np.arange(path_count(size))[:, None] + np.arange(OWN - 1)
    return np.array([0, 2, *own.ravel()])


def bounded(free: Vector, sample_rate_hz: int) -> Vector:
    """The nearest that make sense."""
    inside = free.copy()
    times = time_constants(len(free))
    longest = math.log(LONGEST_S * sample_rate_hz)
    inside[times] = np.clip(free[times], math.log(SHORTEST_SAMPLES), longest)
    inside[KNEE] = np.clip(free[KNEE], *np.log(KNEE_DB))
    return inside


def plain(free: Vector) -> tuple[Vector, Vector]:
    """As the engine takes them, and how much each moves with its free one."""
    values, slopes = free.copy(), np.ones(len(free))
    times = time_constants(len(free))
    rate = np.exp(-free[times])  # per sample
    values[times] = -np.expm1(-rate)
    slopes[times] = -rate * np.exp(-rate)
    values[KNEE] = slopes[KNEE] = math.exp(free[KNEE])
    return values, slopes


def network_of(free: Vector, taps: Vector, reduces_above: bool) -> Dynamics:
    """A network of these numbers and taps [n], the first of which meets the newest sample."""
    size = DynamicsSize(len(taps), path_count(len(free)), "above" if reduces_above else "below")
    model = DYNAMICS_FAMILY.build(size)
    assert isinstance(model, Dynamics)
    values, _ = plain(free)
    model.load_flat(np.concatenate([taps[::-1], values]).astype(np.float32))
    return model
