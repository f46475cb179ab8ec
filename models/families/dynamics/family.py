"""Compressors, limiters and expanders as a model family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..causal_family import CausalFamily
from .dynamics import Dynamics

MOST_TAPS, MOST_PATHS = 512, 8  # as in cpp_host/engine/families/dynamics/config.cpp


@dataclass(frozen=True)
class DynamicsSize:
    """A filter of so many taps, and a reduction that follows levels by so many paths."""

    taps: int = 32
    paths: int = 2
    reduces: Literal["above", "below"] = "above"

    def __post_init__(self) -> None:
        """Raise ValueError for shapes that cannot be built."""
        if not (1 <= self.taps <= MOST_TAPS and 1 <= self.paths <= MOST_PATHS):
            raise ValueError(
                f"Dynamics must be of 1 to {MOST_TAPS} taps and 1 to {MOST_PATHS} paths, not "
                f"{self.taps} and {self.paths}."
            )
        if self.reduces not in ("above", "below"):
            raise ValueError(
                f"'reduces' must be 'above' or 'below', of a threshold, not '{self.reduces}'."
            )

    def network(self) -> Mapping[str, Any]:
        """See docs/effect-file.md."""
        return asdict(self)


DYNAMICS_FAMILY = CausalFamily(Dynamics, DynamicsSize)
