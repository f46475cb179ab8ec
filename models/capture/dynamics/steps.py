"""Gauss–Newton steps on the few numbers of dynamics; the filter in closed form between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....plugin_core import _engine
from ...data.pair.baselines import Signal
from ...data.pair.fir import filtered
from .material import Material
from .parameters import OWN, SHARED, Vector, bounded, path_count, plain

LARGEST_STEP = 1.5  # of a free number at once
FIRST_DAMPING, LEAST_DAMPING, MOST_DAMPING = 1e-2, 1e-7, 1e6
STEPS_PER_FILTER = 3
ENOUGH = 1e-4  # less error, relative, in a round: the last one
PRIOR = 1e-5  # of ESR, for a number that is one of its spreads from where it began
SPREADS_SHARED = (1.0, 0.3, 1.0, 6.0, 0.7)
SPREADS_OWN = (1.0, 1.0, 1.0, 0.3)
SPLIT = 0.7  # of the logarithm of a time constant


@dataclass(frozen=True)
class Fitted:
    """Free numbers, the filter's taps, and the squared error over that of the target."""

    reduces_above: bool
    free: Vector
    taps: Signal
    esr: float

    def played(self, material: Material) -> Signal:
        """What becomes of a dry sound, [samples]."""
        gain = material.gain(self.free, self.reduces_above)
        played: Signal = gain * filtered(material.dry, self.taps)
        return played


def improve(
    material: Material, reduces_above: bool, begin: Vector, taps: Signal, rounds: int
) -> Fitted:
    """The best that steps come to from `begin`, in so many rounds at most.

    The steps are those of Levenberg and Marquardt (Nocedal and Wright, 2006, 10.3). The error gets
    a little more for numbers far from `begin`: recordings rarely tell all of them.
    """
    counts = material.counts()
    power = float(np.square(material.wet[counts], dtype=np.float64).sum())
    spreads = np.array([*SPREADS_SHARED, *SPREADS_OWN * path_count(len(begin))])
    weight = PRIOR * power / np.square(spreads)

    def equations(free: Vector, taps: Signal) -> tuple[NDArray[np.float64], Vector, float]:
        values, slopes = plain(free)
        matrix, gradient, error = _engine.training.dynamics_normal_equations(
            values,
            reduces_above,
            material.dry,
            filtered(material.dry, taps).astype(np.float32),
            material.wet,
            counts,
        )
        away = free - begin
        slopes = np.append(slopes, 1.0)
        matrix *= np.outer(slopes, slopes)
        matrix[:-1, :-1] += np.diag(weight)
        gradient *= slopes
        gradient[:-1] += weight * away
        return matrix, gradient, error + float(weight @ np.square(away))

    def refitted(free: Vector, taps: Signal) -> Signal:
        return material.refitted(material.gain(free, reduces_above), taps)

    free, damping = begin, FIRST_DAMPING
    taps = refitted(free, taps)
    matrix, gradient, error = equations(free, taps)
    steps = 0  # since the filter was fitted
    for _ in range(rounds):
        damped = matrix + damping * np.diag(np.diag(matrix))
        step = np.clip(-np.linalg.solve(damped, gradient), -LARGEST_STEP, LARGEST_STEP)
        next_free = bounded(free + step[:-1], material.sample_rate_hz)
        next_taps = taps * 10 ** (step[-1] / 20)
        found = equations(next_free, next_taps)
        if found[2] < error:
            enough = found[2] > (1 - ENOUGH) * error
            free, taps, damping = next_free, next_taps, max(damping / 5, LEAST_DAMPING)
            matrix, gradient, error = found
            steps += 1
            if enough or steps == STEPS_PER_FILTER:
                taps, steps = refitted(free, taps), 0
                matrix, gradient, error = equations(free, taps)
                if enough and error > (1 - ENOUGH) * found[2]:
                    break
        elif damping < MOST_DAMPING:
            damping *= 4
        else:
            break
    taps = refitted(free, taps)
    away = float(weight @ np.square(free - begin))
    return Fitted(reduces_above, free, taps, (equations(free, taps)[2] - away) / power)


def split_slowest(free: Vector) -> Vector:
    """The same reduction by one path more: of the slowest, half is faster and half slower."""
    own = free[SHARED:].reshape(-1, OWN)
    slowest = int(np.argmax(own[:, 2]))
    faster, slower = own[slowest].copy(), own[slowest].copy()
    faster[:3] -= SPLIT
    slower[:3] += SPLIT
    faster[3] = slower[3] = own[slowest, 3] / 2
    return np.concatenate([free[:SHARED], *np.delete(own, slowest, axis=0), faster, slower])
