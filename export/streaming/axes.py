"""Where the axes of a tensor go when it is reshaped."""

from __future__ import annotations

import math
from collections.abc import Sequence


def regroup(before: Sequence[int], after: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Groups of axes before and after with equal products, as small as can be, in order.

    Axes of size 1 join the group that they stand in. Both shapes must have as many elements.
    """
    groups: list[tuple[list[int], list[int]]] = []
    i = j = 0
    while i < len(before) or j < len(after):
        left: list[int] = []
        right: list[int] = []
        if i < len(before):
            left.append(i)
            i += 1
        if j < len(after):
            right.append(j)
            j += 1
        while (a := _product(before, left)) != (b := _product(after, right)):
            if a < b and i < len(before):
                left.append(i)
                i += 1
            elif j < len(after):
                right.append(j)
                j += 1
            else:
                left.append(i)
                i += 1
        groups.append((left, right))
    return groups


def _product(shape: Sequence[int], axes: Sequence[int]) -> int:
    return math.prod(shape[axis] for axis in axes)
