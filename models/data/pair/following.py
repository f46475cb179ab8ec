"""Whether the wet sound follows the dry one all the time: no dropout, no other take."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ....plugin_core.samples import Samples
from .baselines import TAPS, Signal, fit_filter
from .check_result import CheckResult
from .excerpt import loudest_excerpt

BLOCK_S = 0.25
BLOCKS = 4  # in a row, of which all but one do not follow
QUIET = 1e-3  # of the mean power; the dry sound says nothing there
USUAL = 0.5  # correlation without which blocks cannot be told apart
LOST = 0.3  # of the usual correlation
JOINED_S = 2.0  # spans that are this close are one
NAMED = 3


def check_following(
    dry: Samples, wet: Samples, sample_rate_hz: int, begin_s: float, names: tuple[Path, Path]
) -> list[CheckResult]:
    """A warning with the times of the dry file; sounds are [samples], from its `begin_s` on."""
    spans = unfollowed_spans(dry, wet, sample_rate_hz)
    if not spans:
        return []
    listed = [f"{begin + begin_s:.1f} s to {end + begin_s:.1f} s" for begin, end in spans[:NAMED]]
    more = f" and {len(spans) - NAMED} more" if len(spans) > NAMED else ""
    message = (
        f"{names[1].name} does not follow {names[0].name} from {', '.join(listed)}{more}: a "
        f"dropout, another take or a slip. It is learned as the device's own; cut it out of both "
        f"files at the same places."
    )
    return [CheckResult("warning", "following", message)]


def unfollowed_spans(dry: Samples, wet: Samples, sample_rate_hz: int) -> list[tuple[float, float]]:
    """Begin and end in seconds of each span of an aligned pair [samples each] that is lost.

    A linear filter predicts the wet sound; where the prediction says nothing, it is lost.
    """
    predict = fit_filter(*loudest_excerpt(dry, wet, sample_rate_hz))
    block = round(BLOCK_S * sample_rate_hz)
    count = len(dry) // block
    power, own, shared = (np.zeros(count) for _ in range(3))
    for k in range(count):
        inside = slice(k * block, (k + 1) * block)
        around = slice(max(0, k * block - TAPS), (k + 1) * block + TAPS)
        x = predict(dry[around])[k * block - around.start :][:block]
        y = wet[inside]
        power[k], own[k], shared[k] = np.dot(x, x), np.dot(y, y), np.dot(x, y)
    heard = power > QUIET * power.mean()
    likeness: Signal = shared / np.sqrt(power * own + 1e-30)
    if not heard.any() or np.median(likeness[heard]) < USUAL:
        return []
    lost = heard & (likeness < LOST * np.median(likeness[heard]))
    return _spans(lost, heard)


def _spans(lost: np.ndarray, heard: np.ndarray) -> list[tuple[float, float]]:
    """The union of all rows of blocks that are heard and lost but for one."""
    inside = np.zeros(len(lost) + 2, np.int8)
    for begin in range(len(lost) - BLOCKS + 1):
        row = slice(begin, begin + BLOCKS)
        if lost[row].sum() >= BLOCKS - 1 and heard[row].all():
            inside[begin + 1 : begin + BLOCKS + 1] = 1
    edges = np.flatnonzero(np.diff(inside)) * BLOCK_S
    spans: list[tuple[float, float]] = []
    for begin_s, end_s in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        near = spans and begin_s - spans[-1][1] <= JOINED_S
        spans.append((spans.pop()[0] if near else begin_s, end_s))
    return spans
