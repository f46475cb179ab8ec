"""The step size of a training, from step to step."""

from __future__ import annotations

import math


def cosine_schedule(step: int, steps: int, warm: float, last: float = 0.0) -> float:
    """Factor on the learning rate: up with `warm`, from 0 to 1, and down along half a cosine.

    The cosine falls from 1 at step 0 to `last` at `steps`, warm or not; above 1 `warm` is 1.
    """
    fall = 0.5 * (1 + math.cos(math.pi * step / steps))
    return min(1.0, warm) * (last + (1 - last) * fall)
