"""A long impulse response as a linear recursion: x' = A x + B u, y = C x + D u.

Networks with state spaces (S4D, Gu et al. 2022) convolve by FFT with responses as long as the
signal. These are sums of a few decaying oscillations, which a Hankel matrix of the response tells
(Kung 1978): its rank is their number, and its row space moves on by A.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

MOST_STATES = 32
_ROWS = 3072  # long enough to tell slow oscillations apart
_COLUMNS = 2 * MOST_STATES
_NEGLIGIBLE = 1e-11  # of the largest singular value
_EXACT = 1e-6  # of the response's peak


@dataclass(frozen=True)
class StateSpace:
    """One input, one output, r states: a [r, r], b [r], c [r], d."""

    a: Matrix
    b: Matrix
    c: Matrix
    d: float

    def response(self, samples: int) -> Matrix:
        """The first samples of the impulse response."""
        out = np.empty(samples)
        out[0] = self.d
        # In blocks: powers of A are many small products otherwise.
        block = 256
        rows = powers(self.c, self.a, block)
        leap = np.linalg.matrix_power(self.a, block)
        state = self.b
        for begin in range(1, samples, block):
            part = rows @ state
            out[begin : begin + block] = part[: samples - begin]
            state = leap @ state
        return out


def powers(row: Matrix, a: Matrix, count: int) -> Matrix:
    """Return the row times A⁰, A¹, A² …: [count, r]."""
    rows = np.empty((count, len(row)))
    for i in range(count):
        rows[i] = row
        row = row @ a
    return rows


def realise(response: Matrix) -> StateSpace | None:
    """The recursion that has this impulse response; `None` where it has none of few states."""
    return _realise(response.tobytes())


@lru_cache(maxsize=256)
def _realise(samples: bytes) -> StateSpace | None:
    response = np.frombuffer(samples)
    peak = np.abs(response).max()
    if peak == 0:
        return StateSpace(np.zeros((1, 1)), np.zeros(1), np.zeros(1), 0.0)
    rows = min(_ROWS, len(response) // 2)
    starts = 1 + np.arange(_COLUMNS) * ((len(response) - 1 - rows) // _COLUMNS)
    starts = np.minimum(starts, 1 + np.arange(_COLUMNS) * 32)
    hankel = response[starts[None, :] + np.arange(rows)[:, None]]
    left, sizes, _ = np.linalg.svd(hankel, full_matrices=False)
    count = max(1, int(np.sum(sizes > _NEGLIGIBLE * sizes[0])))
    for states in sorted({min(count, MOST_STATES), count}):
        if states > MOST_STATES:
            break
        seen = left[:, :states]
        a = np.linalg.lstsq(seen[:-1], seen[1:], rcond=None)[0]
        b = seen.T @ response[1 : 1 + rows]
        found = StateSpace(a, b, seen[0].copy(), float(response[0]))
        with np.errstate(all="ignore"):
            error = np.abs(found.response(len(response)) - response).max()
        if error <= _EXACT * peak:
            return found
    return None
