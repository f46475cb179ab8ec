"""A module traced with knobs as it takes them: as tensors, or else as numbers."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from ...plugin_core.errors import Error
from .convert import StereoOfMono, frame_quantum
from .operators.intercept import LoopError
from .trace import Trace, trace


def traced_with(
    module: nn.Module, knobs: Mapping[str, float], channels: int = 1
) -> tuple[Trace, int]:
    """The trace and the quantum of its frames, with knobs [batch, 1], or else as numbers.

    Raise tonecast.Error for what is wrong with the former.
    """
    traced = None
    try:
        traced = trace(module, knobs, channels=channels)
        return traced, frame_quantum(traced, knobs)
    except StereoOfMono:
        raise
    except Error as error:
        if isinstance(error.__cause__, LoopError):
            raise  # whatever the knobs and channels
        if knobs:
            try:
                of_numbers = trace(module, knobs, (), channels)
                return of_numbers, frame_quantum(of_numbers, knobs)
            except StereoOfMono:
                raise
            except Error:
                pass  # the former says more
        if traced is None and channels == 1 and _takes(module, knobs, 2):
            raise Error(
                f"{error} (it takes two channels: if it plays them together, export it with "
                f"channels=2)"
            ) from None
        raise


def _takes(module: nn.Module, knobs: Mapping[str, float], channels: int) -> bool:
    try:
        trace(module, knobs, channels=channels)
    except Error:
        return False
    return True
