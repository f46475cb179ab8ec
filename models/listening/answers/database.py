"""The SQLite file of a study's answers.

Write-ahead logging with full synchronisation: what has been acknowledged survives a kill of the
process and a loss of power. Several processes may open the file.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ....plugin_core.errors import Error

VERSION = 2
BUSY_MS = 10_000
SCHEMA = """
CREATE TABLE raters (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE COLLATE NOCASE,
    key_sha256 TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('human', 'simulated')),
    language TEXT NOT NULL,
    joined_at TEXT NOT NULL,
    calibrated_at TEXT,
    tab INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE positions (
    rater INTEGER NOT NULL REFERENCES raters (id),
    position INTEGER NOT NULL,
    track TEXT NOT NULL,
    is_repeat INTEGER NOT NULL,
    start_step INTEGER NOT NULL,
    slots TEXT NOT NULL,
    PRIMARY KEY (rater, position)
) WITHOUT ROWID;
CREATE TABLE answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sent_as TEXT NOT NULL UNIQUE,
    rater INTEGER NOT NULL,
    position INTEGER NOT NULL,
    step INTEGER,
    comment TEXT NOT NULL,
    switches INTEGER NOT NULL,
    comparisons INTEGER NOT NULL,
    step_seconds TEXT NOT NULL,
    seconds REAL NOT NULL,
    equal_loudness INTEGER NOT NULL,
    given_at TEXT NOT NULL,
    scores TEXT NOT NULL DEFAULT '[]',
    FOREIGN KEY (rater, position) REFERENCES positions (rater, position)
);
CREATE INDEX answers_of_raters ON answers (rater, position, id);
"""
FROM_VERSION_1 = "ALTER TABLE answers ADD COLUMN scores TEXT NOT NULL DEFAULT '[]'"


class DiskFullError(Exception):
    """The disk has no room for what was to be written; nothing of it was."""


class Database:
    """Two connections, each used by one thread at a time: readers do not wait for the disk."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it. Raise tonecast.Error where it cannot be, or is another's."""
        self.path = path
        self._writing, self._reading = threading.Lock(), threading.Lock()
        try:
            self._writer = _connect(path)
            self._writer.execute("PRAGMA journal_mode = WAL")
            self._writer.execute("PRAGMA synchronous = FULL")
            self._writer.execute("PRAGMA foreign_keys = ON")
            self._prepare()
            self._reader = _connect(path)
        except sqlite3.Error as error:
            raise Error(f"{path}: cannot be used for answers: {error}") from None

    def _prepare(self) -> None:
        with self.write() as connection:  # two processes may do so at once
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in SCHEMA.split(";"):
                    connection.execute(statement)
            elif version == 1:
                connection.execute(FROM_VERSION_1)
            elif version != VERSION:
                raise Error(
                    f"{self.path}: has version {version}, which this tonecast does not know"
                )
            connection.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is on disk when the block ends, or none.

        Raise DiskFullError where there is no room.
        """
        with self._writing:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                    self._writer.execute("COMMIT")
                finally:
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")
            except sqlite3.OperationalError as error:
                # A full disk, or one that is mounted read-only once it has failed.
                if "full" in str(error) or "disk I/O" in str(error) or "readonly" in str(error):
                    raise DiskFullError(str(error)) from None
                raise

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self._reading:
            return self._reader.execute(query, values).fetchall()

    def close(self) -> None:
        """Close the file; the log is merged into it."""
        with self._writing, self._reading:
            self._reader.close()
            self._writer.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    return connection
