"""What a check has to say about a pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["fine", "mended", "warning"]


@dataclass(frozen=True)
class Finding:
    """One sentence about a pair.

    `fine`: as it should be; `mended`: it was put right; `warning`: it limits what can be learned.
    """

    kind: Kind
    check: str
    sentence: str
