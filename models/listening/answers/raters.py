"""Those who take part: they join with a code, and come back with a key."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timezone

from ..blind.trials import draw_trials
from ..mushra.trials import draw_mushra
from ..study.study import Study
from .database import Database
from .order import Position, draw_order

CODE = re.compile(r"[\w][\w .@+-]{0,39}")
LANGUAGES = ("en", "de", "fr")
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is read as another
KEY_LETTERS = 16  # 78 bits


class CodeTakenError(Exception):
    """Another rater has joined with this code."""


@dataclass(frozen=True)
class Rater:
    """A rater as the database has it. `tab` counts the times that the page was opened."""

    id: int
    code: str
    kind: str
    language: str
    calibrated: bool
    tab: int


class Raters:
    """All raters of a study, and their orders."""

    def __init__(self, database: Database, study: Study) -> None:
        self._database, self._study = database, study
        self._orders: dict[int, list[Position]] = {}  # which never change

    def join(self, code: str, language: str, kind: str = "human") -> str:
        """Add a rater with an order of its own; returns the key, which is kept nowhere else.

        Raise CodeTakenError, ValueError for a code that is none, and DiskFullError.
        """
        code = code.strip()
        if not CODE.fullmatch(code):
            raise ValueError("code must be 1 to 40 letters, digits, spaces or . _ - + @")
        if language not in LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(LANGUAGES)}")
        if kind not in ("human", "simulated"):
            raise ValueError("kind must be human or simulated")
        letters = "".join(secrets.choice(ALPHABET) for _ in range(KEY_LETTERS))
        key = "-".join(letters[i : i + 4] for i in range(0, KEY_LETTERS, 4))
        try:
            with self._database.write() as connection:
                id_ = connection.execute(
                    "INSERT INTO raters (code, key_sha256, kind, language, joined_at) "
                    "VALUES (?, ?, ?, ?, ?)",
                    (code, _digest(key), kind, language, now()),
                ).lastrowid
                assert id_ is not None
                connection.executemany(
                    "INSERT INTO positions VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        (id_, i, one.track, one.is_repeat, one.start_step, json.dumps(one.slots))
                        for i, one in enumerate(_draw(self._study, id_))
                    ],
                )
        except sqlite3.IntegrityError:
            raise CodeTakenError(code) from None
        return key

    def by_key(self, key: str) -> Rater | None:
        """The rater of a key."""
        rows = self._database.rows("SELECT * FROM raters WHERE key_sha256 = ?", _digest(key))
        return _rater(rows[0]) if rows else None

    def all(self) -> list[Rater]:
        """Everyone, in the order of joining."""
        return [_rater(row) for row in self._database.rows("SELECT * FROM raters ORDER BY id")]

    def order(self, rater: Rater) -> list[Position]:
        """What a rater hears, in order."""
        if rater.id not in self._orders:
            self._orders[rater.id] = self._read_order(rater)
        return self._orders[rater.id]

    def _read_order(self, rater: Rater) -> list[Position]:
        rows = self._database.rows(
            "SELECT * FROM positions WHERE rater = ? ORDER BY position", rater.id
        )
        return [
            Position(
                row["track"],
                bool(row["is_repeat"]),
                row["start_step"],
                tuple(json.loads(row["slots"])),
            )
            for row in rows
        ]

    def open_tab(self, rater: Rater) -> int:
        """Count another opening of the page; the latest one is the one that goes on."""
        with self._database.write() as connection:
            connection.execute("UPDATE raters SET tab = tab + 1 WHERE id = ?", (rater.id,))
            row = connection.execute("SELECT tab FROM raters WHERE id = ?", (rater.id,)).fetchone()
        return int(row["tab"])

    def calibrate(self, rater: Rater) -> None:
        """Keep when the level was set."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE raters SET calibrated_at = ? WHERE id = ?", (now(), rater.id)
            )


def now() -> str:
    """The time as answers have it: UTC, ISO 8601."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


def _draw(study: Study, rater: int) -> list[Position]:
    config, tracks = study.config, [one.id for one in study.tracks]
    if config.test == "abx":
        return draw_trials(tracks, len(study.labels) - 1, config.seed, rater)
    if config.test == "mushra":
        return draw_mushra(tracks, len(study.labels), config.seed, rater)
    return draw_order(tracks, config.repeat_share, config.seed, rater)


def _digest(key: str) -> str:
    letters = "".join(one for one in key.upper() if one.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()


def _rater(row: sqlite3.Row) -> Rater:
    return Rater(
        row["id"],
        row["code"],
        row["kind"],
        row["language"],
        row["calibrated_at"] is not None,
        row["tab"],
    )
