"""Local maxima with their neighbours' parabola, at fixed shapes: a mask instead of a list."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

NOWHERE = -1e9


class Peaks(NamedTuple):
    """For each place from the second to the last but one, [rows, size − 2]."""

    present: Tensor  # bool
    offset: Tensor  # of the top from the middle of its place, −½ … ½
    height: Tensor  # of the top


def find_peaks(values: Tensor) -> Peaks:
    """Places of `values` [rows, size] that are higher than both neighbours.

    The parabola through the three gives the top. Of a plateau, no place is higher than both.
    """
    left, middle, right = values[:, :-2], values[:, 1:-1], values[:, 2:]
    present = (middle > left) & (middle > right)
    curvature = torch.where(present, left - 2 * middle + right, -1.0)
    offset = torch.where(present, 0.5 * (left - right) / curvature, 0.0)
    height = middle - 0.25 * (left - right) * offset
    return Peaks(present, offset, height)


def highest(peaks: Peaks) -> tuple[Tensor, Tensor, Tensor]:
    """Position among `values`, height, and whether there is a peak at all: [rows, 1] each."""
    height = torch.where(peaks.present, peaks.height, NOWHERE)
    top = torch.argmax(height, dim=1, keepdim=True)
    position = 1 + top.to(height.dtype) + peaks.offset.gather(1, top)
    found = height.gather(1, top)
    return position, found, found > NOWHERE / 2
