"""Random numbers that are the same everywhere: test signals are made of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def uniform(seed: int, count: int) -> NDArray[np.float64]:
    """Uniform random numbers [count] in [0, 1), the same on every machine and in every version.

    The top 24 bits of Philox4x64-10 with key `seed`, counting from 1 (Salmon et al., "Parallel
    random numbers: as easy as 1, 2, 3", 2011, section 3). NumPy guarantees the raw stream of a bit
    generator, but not the output of its distributions.
    """
    raw: NDArray[np.uint64] = np.random.Philox(key=seed).random_raw(count)
    return (raw >> np.uint64(40)).astype(np.float64) * 2.0**-24
