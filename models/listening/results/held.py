"""The answers of a study as ratings: the table that the evaluation of predictors reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from ....plugin_core.errors import Error
from ..answers.database import Database
from ..answers.raters import Raters
from ..answers.store import Answers, GivenAnswer
from ..ratings import FACTORS, MIN_RATINGS, Rating
from ..study.study import ANSWERS, Study, read_study


@dataclass(frozen=True)
class Held:
    """A study that has been held: its answers of one kind, and how many tracks each rater has."""

    study: Study
    kind: str
    given: tuple[GivenAnswer, ...]
    positions: dict[str, int]


def read_held(folder: Path, kind: str, without: Collection[str] = ()) -> Held:
    """Read a study and its answers, those of some raters left out.

    Raise tonecast.Error for a study without answers of this kind, and for raters that it lacks.
    """
    study = read_study(folder)
    path = folder / ANSWERS
    if not path.is_file():
        raise Error(f"{folder} has no answers; hold it with tonecast listen serve {folder}")
    database = Database(path)
    try:
        raters = Raters(database, study)
        everyone = [one for one in raters.all() if one.kind == kind]
        names = {one.code.casefold() for one in everyone}
        unknown = next((one for one in without if one.casefold() not in names), None)
        if unknown is not None:
            raise Error(f"{folder} has no {kind} rater {unknown!r}")
        left_out = {one.casefold() for one in without}
        kept = [one for one in everyone if one.code.casefold() not in left_out]
        positions = {one.code: len(raters.order(one)) for one in kept}
        given = tuple(one for one in Answers(database).all() if one.rater in positions)
    finally:
        database.close()
    if not given:
        raise Error(f"{folder} has no answers of {kind} raters")
    return Held(study, kind, given, positions)


def ratings(held: Held) -> list[Rating]:
    """A rating for each rater and track. Of a track that came twice, the first time counts."""
    return [
        Rating(
            one.track,
            one.rater,
            None if one.answer.step is None else float(FACTORS[one.answer.step]),
            held.kind,
        )
        for one in held.given
        if not one.is_repeat
    ]


def too_few(rated: Sequence[Rating]) -> list[str]:
    """Tracks with too few ratings for the evaluation."""
    decided = Counter(one.track for one in rated if one.factor is not None)
    return [name for name in dict.fromkeys(one.track for one in rated)
            if decided[name] < MIN_RATINGS]  # fmt: skip
