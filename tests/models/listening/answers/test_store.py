"""The database: all that was acknowledged is there, once, whatever happens to the process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_study import write_fake_study
from study_server import an_answer
from tonecast import Error
from tonecast.models.listening.answers.answer import read_answer
from tonecast.models.listening.answers.database import Database, DiskFullError
from tonecast.models.listening.answers.raters import CodeTakenError, Raters
from tonecast.models.listening.answers.store import Answers
from tonecast.models.listening.study.study import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return write_fake_study(tmp_path_factory.mktemp("study"), 3, 0.05)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "answers.sqlite3")
    yield database
    database.close()


def test_last_answer_counts_and_earlier_ones_are_kept(database: Database, study: Study) -> None:
    raters, answers = Raters(database, study), Answers(database)
    rater = raters.by_key(raters.join("ann", "en"))
    assert rater is not None
    for step in (3, 9, None):
        answers.give(rater, read_answer(an_answer(1, step, comment="so")))
    assert [(one.answer.position, one.answer.step) for one in answers.all()] == [(1, None)]
    assert answers.of(rater)[1].comment == "so"
    assert len(database.rows("SELECT * FROM answers")) == 3


def test_answer_sent_twice_is_one(database: Database, study: Study) -> None:
    raters, answers = Raters(database, study), Answers(database)
    rater = raters.by_key(raters.join("ann", "en"))
    assert rater is not None
    first, second = read_answer(an_answer(0, 3)), read_answer(an_answer(0, 5))
    for one in (first, second, first):  # the first comes again, late
        answers.give(rater, one)
    assert len(database.rows("SELECT * FROM answers")) == 2
    assert answers.of(rater)[0].step == 5


def test_answer_outlives_the_process(tmp_path: Path, study: Study) -> None:
    path = tmp_path / "answers.sqlite3"
    one, other = Database(path), Database(path)  # the first is never closed
    key = Raters(one, study).join("ann", "en")
    rater = Raters(other, study).by_key(key.lower().replace("-", " "))
    assert rater is not None
    Answers(one).give(rater, read_answer(an_answer(0, 3)))
    assert Answers(other).of(rater)[0].step == 3
    with other.write() as connection:
        journal, synchronous = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous")
        )
    assert (journal, synchronous) == ("wal", 2)


def test_full_disk_loses_the_answer_and_no_other(database: Database, study: Study) -> None:
    raters, answers = Raters(database, study), Answers(database)
    rater = raters.by_key(raters.join("ann", "en"))
    assert rater is not None
    answers.give(rater, read_answer(an_answer(0, 3)))
    pages = database.rows("PRAGMA page_count")[0][0]
    with database.write() as connection:  # SQLite's own disk that is full
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFullError):
        for _ in range(100):
            answers.give(rater, read_answer(an_answer(1, 4, comment="x" * 2000)))
    stored = len(database.rows("SELECT * FROM answers"))
    with database.write() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    answers.give(rater, read_answer(an_answer(1, 7)))
    assert answers.of(rater)[0].step == 3
    assert answers.of(rater)[1].step == 7
    assert len(database.rows("SELECT * FROM answers")) == stored + 1


def test_code_is_taken_in_whatever_case(database: Database, study: Study) -> None:
    raters = Raters(database, study)
    raters.join("Ann", "en")
    with pytest.raises(CodeTakenError):
        raters.join(" ann ", "en")
    assert [one.code for one in raters.all()] == ["Ann"]
    assert len(database.rows("SELECT * FROM positions")) == 3


@pytest.mark.parametrize("code", ["", " ", "<b>ann</b>", "a" * 41, "=1+1", "a\nb", "-x"])
def test_code_that_is_none_is_refused(code: str, database: Database, study: Study) -> None:
    with pytest.raises(ValueError, match="code must be"):
        Raters(database, study).join(code, "en")


def test_key_is_not_in_the_database(database: Database, study: Study) -> None:
    key = Raters(database, study).join("ann", "en")
    dump = "\n".join(sqlite3.connect(database.path).iterdump())
    assert key not in dump
    assert key.replace("-", "") not in dump


def test_foreign_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite3"
    path.write_bytes(b"no database at all, but a text" * 100)
    with pytest.raises(Error, match=r"answers\.sqlite3: cannot be used for answers"):
        Database(path)
    newer = sqlite3.connect(tmp_path / "newer.sqlite3")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(Error, match="has version 99"):
        Database(tmp_path / "newer.sqlite3")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seconds", True),
        ("sent_as", "x"),
        ("sent_as", 3),
        ("position", -1),
        ("position", True),
        ("step", 17),
        ("step", 2.0),
        ("step", "3"),
        ("comment", 4),
        ("comment", "x" * 2001),
        ("switches", 10**9),
        ("step_seconds", [1.0] * 16),
        ("step_seconds", [float("nan")] * 17),
        ("seconds", None),
        ("equal_loudness", 1),
    ],
)
def test_answer_that_is_none_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        read_answer({**an_answer(0, 3), field: value})
