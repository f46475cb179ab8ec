"""The delay along the pair: sections without a gap, each near where the search found its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from .....plugin_core.samples import Samples
from .delay import Delay, audible, measure_delay, section_samples
from .search import Place

MIN_SECTIONS, MAX_SECTIONS = 12, 200
SAME_S = 0.1  # two places that are searched as one
AGREED = 0.8  # of the most votes


def track(dry: Samples, wet: Samples, sample_rate_hz: int, places: Sequence[Place]) -> list[Delay]:
    """Delays of the sections of `dry` in order of time; both sounds are [samples], of any length.

    Sections overlap by half, or follow each other in recordings of more than ten minutes. Quiet
    ones are left out.
    """
    section = section_samples(len(dry), sample_rate_hz)
    if section == 0 or not places:
        return []
    count = min(max(MIN_SECTIONS, 2 * len(dry) // section), MAX_SECTIONS)
    loudest = float(np.abs(dry).max())
    found = []
    for start in np.linspace(0, len(dry) - section, count).astype(int):
        if not audible(dry[start : start + section], loudest):
            continue
        middle_s = (start + section / 2) / sample_rate_hz
        tried: list[Delay] = []
        for place in _candidates(places, middle_s):
            expected = round(place.delay_s * sample_rate_hz)
            tried.append(measure_delay(dry, wet, sample_rate_hz, int(start), section, expected))
            if tried[-1].is_clear:
                break
        found.append(max(tried, key=lambda delay: delay.clearness))
    return found


def _candidates(places: Sequence[Place], time_s: float) -> list[Place]:
    """The places before and after, and one that most sections agree on; most votes first."""
    most = max(place.votes for place in places)

    def nearest(some: Iterable[Place]) -> list[Place]:
        return sorted(some, key=lambda place: abs(place.time_s - time_s))[:1]

    near = [
        *nearest(p for p in places if p.votes >= AGREED * most),
        *nearest(p for p in places if p.time_s <= time_s),
        *nearest(p for p in places if p.time_s > time_s),
    ]
    near.sort(key=lambda place: (-place.votes, abs(place.time_s - time_s)))
    kept: list[Place] = []
    for place in near:
        if all(abs(place.delay_s - other.delay_s) >= SAME_S for other in kept):
            kept.append(place)
    return kept
