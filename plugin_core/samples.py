"""Audio as the engine takes it; nothing else is imported."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Full scale is ±1; which axes there are is said where it is used.
Samples = NDArray[np.float32]
