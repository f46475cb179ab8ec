"""The ratings table: the attenuation that each rater chose on each track, in real tests as well.

CSV in UTF-8 with a header and one row for each rater and track:

    track,rater,factor,kind
    study-000,r01,0.1875,simulated
    study-000,r02,no rating,simulated

`factor` is one of 17 steps from 0 to 1 (multiples of 1/16), or `no rating` where the rater did not
want to decide; `kind` is `human` or `simulated`, and a table holds one kind only. Tracks are those
of the table of tracks.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...plugin_core.errors import Error

STEPS = 17
FACTORS: NDArray[np.float64] = np.linspace(0, 1, STEPS)
NO_RATING = "no rating"
KINDS = ("human", "simulated")
COLUMNS = ("track", "rater", "factor", "kind")
LOW_PERCENT, HIGH_PERCENT = 35, 65
# With fewer ratings there are none between the 35th and the 65th percentile.
MIN_RATINGS = 5


@dataclass(frozen=True)
class Rating:
    """One row; `factor` is None where the rater did not decide."""

    track: str
    rater: str
    factor: float | None
    kind: str


@dataclass(frozen=True)
class Interval:
    """The interval in which a track's raters agree: 35th to 65th percentile of its ratings."""

    low: float
    high: float


def write_ratings(ratings: Iterable[Rating], path: Path) -> None:
    """Write the table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for one in ratings:
            factor = NO_RATING if one.factor is None else f"{one.factor:g}"
            writer.writerow((one.track, one.rater, factor, one.kind))


def read_ratings(path: Path, tracks: Collection[str]) -> list[Rating]:
    """Read and check the table. Raise tonecast.Error, naming the first row that is wrong."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.reader(file)
            header, rows = next(reader, []), [row for row in reader if row]
    except OSError as error:
        raise Error(f"{path}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error):
        raise Error(f"{path}: not a table; save it as CSV in UTF-8") from None
    if tuple(header) != COLUMNS:
        raise Error(f"{path}: not a ratings table; its first line must be {','.join(COLUMNS)}")
    ratings = [_rating(row, f"{path}: row {i}") for i, row in enumerate(rows, start=2)]
    check(ratings, tracks, path)
    return ratings


def check(ratings: list[Rating], tracks: Collection[str], path: Path) -> None:
    """Raise tonecast.Error for unknown tracks, doubled rows, mixed kinds or too few ratings."""
    if not ratings:
        raise Error(f"{path}: holds no ratings")
    unknown = next((one.track for one in ratings if one.track not in tracks), None)
    if unknown is not None:
        raise Error(f"{path}: track {unknown!r} is not in the table of tracks")
    (rater, track), count = Counter((one.rater, one.track) for one in ratings).most_common(1)[0]
    if count > 1:
        raise Error(f"{path}: rater {rater!r} rates track {track!r} {count} times; keep one row")
    if len({one.kind for one in ratings}) > 1:
        raise Error(f"{path}: mixes human and simulated ratings; keep a table for each")
    decided = Counter(one.track for one in ratings if one.factor is not None)
    for name in dict.fromkeys(one.track for one in ratings):
        if decided[name] < MIN_RATINGS:
            raise Error(
                f"{path}: track {name!r} has {decided[name]} ratings, too few for percentiles; "
                f"collect {MIN_RATINGS} or leave the track out"
            )


def intervals(ratings: Iterable[Rating]) -> dict[str, Interval]:
    """The interval that predictions should hit, for each track."""
    by_track = _factors(ratings)
    return {
        track: Interval(*np.percentile(factors, (LOW_PERCENT, HIGH_PERCENT)).tolist())
        for track, factors in by_track.items()
    }


def weighted_intervals(
    ratings: Iterable[Rating], weights: Mapping[str, float]
) -> dict[str, Interval]:
    """As `intervals`, with the weight of each kind: one of 0.5 counts as half a rating.

    With equal weights the percentiles are those of `intervals`; ratings of weight 0 do not count.
    """
    found: dict[str, list[tuple[float, float]]] = {}
    for one in ratings:
        if one.factor is not None and weights[one.kind] > 0:
            found.setdefault(one.track, []).append((one.factor, weights[one.kind]))
    return {
        track: Interval(*(_weighted_percentile(chosen, one) for one in (LOW_PERCENT, HIGH_PERCENT)))
        for track, chosen in found.items()
    }


def _weighted_percentile(chosen: Sequence[tuple[float, float]], percent: float) -> float:
    """Linear between factors that stand at their cumulated weights, from 0 to 100 %."""
    factors, weights = np.array(sorted(chosen)).T
    before = np.cumsum(weights) - weights
    if len(factors) == 1:
        return float(factors[0])
    # Each at the middle of its weight, stretched so that the ends are at 0 and 1.
    middle = before + weights / 2
    place = (middle - middle[0]) / (middle[-1] - middle[0])
    return float(np.interp(percent / 100, place, factors))


def mean_factor(ratings: Iterable[Rating]) -> float:
    """Return the mean of all ratings: what the baseline predicts."""
    return float(np.mean([one.factor for one in ratings if one.factor is not None]))


def _factors(ratings: Iterable[Rating]) -> Mapping[str, list[float]]:
    found: dict[str, list[float]] = {}
    for one in ratings:
        if one.factor is not None:
            found.setdefault(one.track, []).append(one.factor)
    return found


def _rating(row: list[str], where: str) -> Rating:
    if len(row) != len(COLUMNS):
        raise Error(f"{where}: has {len(row)} values, not {len(COLUMNS)}: {', '.join(COLUMNS)}")
    track, rater, text, kind = (value.strip() for value in row)
    if kind not in KINDS:
        raise Error(f"{where}: kind is {kind!r}; write {' or '.join(KINDS)}")
    if text == NO_RATING:
        return Rating(track, rater, None, kind)
    try:
        step = float(text) * (STEPS - 1)
    except ValueError:
        raise Error(f"{where}: factor is {text!r}; write a number or {NO_RATING!r}") from None
    if not (0 <= step <= STEPS - 1 and step == round(step)):
        raise Error(f"{where}: factor {text} is none of the 17 steps 0, 1/16 = 0.0625, … 1")
    return Rating(track, rater, step / (STEPS - 1), kind)
