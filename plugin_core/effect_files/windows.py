"""Analysis and synthesis windows by the names that contracts give them."""

from __future__ import annotations

import numpy as np

from ..samples import Samples
from .contract import Window


def make_window(shape: Window, size: int) -> Samples:
    """Periodic window [size], equal to the engine's."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    shapes = {"none": np.ones(size), "hann": hann, "sqrt_hann": np.sqrt(hann)}
    return shapes[shape].astype(np.float32)
