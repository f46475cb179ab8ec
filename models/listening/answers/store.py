"""Answers in the database: all that were given are kept, the last one at a position counts."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from ..ratings import STEPS
from .answer import Answer
from .database import Database
from .raters import Rater, now

LATEST = """
SELECT answers.* FROM answers JOIN (
    SELECT rater, position, max(id) AS id FROM answers GROUP BY rater, position
) AS latest ON answers.id = latest.id
"""


@dataclass(frozen=True)
class GivenAnswer:
    """An answer with its place in the study."""

    rater: str
    kind: str
    track: str
    is_repeat: bool
    answer: Answer
    given_at: str
    slots: tuple[int, ...] = tuple(range(STEPS))


class Answers:
    """The answers of all raters; in a test where they are `final`, the first one at a position."""

    def __init__(self, database: Database, final: bool = False) -> None:
        self._database, self._final = database, final

    def give(self, rater: Rater, answer: Answer) -> None:
        """Write an answer; it is on disk when this returns.

        One that is sent twice is kept once, and a second one at a position is dropped where answers
        are final. Raise ValueError for a position that the rater does not have, and DiskFullError.
        """
        try:
            with self._database.write() as connection:
                if (
                    self._final
                    and connection.execute(
                        "SELECT 1 FROM answers WHERE rater = ? AND position = ?",
                        (rater.id, answer.position),
                    ).fetchone()
                ):
                    return
                connection.execute(
                    "INSERT INTO answers (sent_as, rater, position, step, comment, switches, "
                    "comparisons, step_seconds, seconds, equal_loudness, given_at, scores) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sent_as) DO NOTHING",
                    (
                        answer.sent_as,
                        rater.id,
                        answer.position,
                        answer.step,
                        answer.comment,
                        answer.switches,
                        answer.comparisons,
                        json.dumps([round(one, 3) for one in answer.step_seconds]),
                        round(answer.seconds, 3),
                        answer.equal_loudness,
                        now(),
                        json.dumps(answer.scores),
                    ),
                )
        except sqlite3.IntegrityError:
            raise ValueError(f"position {answer.position} is none of this rater's") from None

    def of(self, rater: Rater) -> dict[int, Answer]:
        """The answers of one rater that count, by position."""
        rows = self._database.rows(f"{LATEST} WHERE answers.rater = ?", rater.id)
        return {row["position"]: _answer(row) for row in rows}

    def all(self) -> list[GivenAnswer]:
        """All answers that count, by rater and position."""
        rows = self._database.rows(
            f"SELECT given.*, code, kind, track, is_repeat, slots FROM ({LATEST}) AS given "
            "JOIN raters ON raters.id = given.rater "
            "JOIN positions ON positions.rater = given.rater "
            "AND positions.position = given.position ORDER BY given.rater, given.position"
        )
        return [
            GivenAnswer(
                row["code"],
                row["kind"],
                row["track"],
                bool(row["is_repeat"]),
                _answer(row),
                row["given_at"],
                tuple(json.loads(row["slots"])),
            )
            for row in rows
        ]


def _answer(row: sqlite3.Row) -> Answer:
    return Answer(
        row["sent_as"],
        row["position"],
        row["step"],
        row["comment"],
        row["switches"],
        row["comparisons"],
        tuple(json.loads(row["step_seconds"])),
        row["seconds"],
        bool(row["equal_loudness"]),
        tuple(json.loads(row["scores"])),
    )
