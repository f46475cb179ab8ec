"""The result of a check on a pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["passed", "corrected", "warning"]


@dataclass(frozen=True)
class CheckResult:
    """A message about a pair.

    `passed`: as it should be; `corrected`: a defect that was corrected; `warning`: a limit to what
    can be learned.
    """

    kind: Kind
    check: str
    message: str
