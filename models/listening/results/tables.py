"""Tables of raters, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..ratings import Rating
from ..statistics import rater_statistics


def raters_table(ratings: Sequence[Rating], kind: str) -> Iterator[str]:
    """As table 1 of the paper."""
    found = rater_statistics(ratings)
    yield f"| rater ({kind}) | median | mean | no rating | zeros | of |"
    yield "|---|---:|---:|---:|---:|---:|"
    for one in found:
        yield (
            f"| {one.rater} | {one.median:.3f} | {one.mean:.3f} | {one.refused} | {one.zeros} "
            f"| {one.tracks} |"
        )
    medians = [one.median for one in found]
    yield (
        f"| all | {np.median(medians):.3f} ({min(medians):.3f} … {max(medians):.3f}) | "
        f"{np.mean([one.mean for one in found]):.3f} | "
        f"{min(one.refused for one in found)} … {max(one.refused for one in found)} | "
        f"{np.median([one.zeros for one in found]):.0f} "
        f"({min(one.zeros for one in found)} … {max(one.zeros for one in found)}) | |"
    )
    yield "| paper, people | .19 … .25 (.062 … .469) | | 0 … 21 | 16 (2 … 72) | 150 |\n"
