"""What a check has to say about a pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["passed", "corrected", "warning"]


@dataclass(frozen=True)
class CheckResult:
    """One sentence about a pair.

    `passed`: as it should be; `corrected`: it was put right; `warning`: it limits what can be
    learned.
    """

    kind: Kind
    check: str
    sentence: str
