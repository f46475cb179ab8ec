"""`tonecast listen report` and `export`: from answers in the database to tables."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from made_study import write_fake_study
from study_server import an_answer
from tonecast import Error
from tonecast.models.listening.answers.answer import read_answer
from tonecast.models.listening.answers.database import Database
from tonecast.models.listening.answers.raters import Raters
from tonecast.models.listening.answers.store import Answers
from tonecast.models.listening.ratings import read_ratings
from tonecast.models.listening.results.held import ratings, read_held
from tonecast.models.listening.results.report import write_report
from tonecast.plugin_core import cli

TRACKS = 6


def hold(folder: Path, raters: int, kind: str = "human") -> None:
    """Raters who agree up to one step, and a comment that would like to be HTML."""
    study = write_fake_study(folder, TRACKS, 0.05, repeat_share=0.34)
    database = Database(folder / "answers.sqlite3")
    joined, answers = Raters(database, study), Answers(database)
    for i in range(raters):
        rater = joined.by_key(joined.join(f"r_{i}", "en", kind))
        assert rater is not None
        for place, one in enumerate(joined.order(rater)):
            step = 2 * int(one.track[1:]) + i % 2
            comment = "<script>x</script> [a](b)" if i == place == 0 else ""
            decided = None if (i, one.track) == (1, "t005") else step + one.is_repeat
            answers.give(rater, read_answer(an_answer(place, decided, comment=comment)))
    database.close()


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["tonecast", *map(str, arguments)])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    return int(exit_.value.code or 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("held")
    hold(folder, 6)
    return folder


def test_export_is_what_was_answered_first(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "ratings.csv"
    assert run(monkeypatch, "listen", "export", folder, "--out", out) == 0
    rated = read_ratings(out, {f"t{i:03d}" for i in range(TRACKS)})
    assert len(rated) == 6 * TRACKS
    for one in rated:
        expected = (2 * int(one.track[1:]) + int(one.rater[2:]) % 2) / 16
        refused = (one.rater, one.track) == ("r_1", "t005")
        assert one.factor == (None if refused else expected)
        assert one.kind == "human"
    assert run(monkeypatch, "listen", "export", folder, "--out", out) == 2  # no --overwrite


def test_rater_can_be_left_out(folder: Path) -> None:
    rated = ratings(read_held(folder, "human", ["R_3"]))
    assert {one.rater for one in rated} == {f"r_{i}" for i in (0, 1, 2, 4, 5)}
    with pytest.raises(Error, match="no human rater 'nobody'"):
        read_held(folder, "human", ["nobody"])


def test_report_has_the_tables_of_the_paper_and_reliability(folder: Path) -> None:
    text = write_report(read_held(folder, "human"), folder).read_text()
    assert "6 human raters, 6 tracks" in text
    assert "simulated" not in text
    medians = np.median([2 * i / 16 for i in range(TRACKS)])
    assert f"| r\\_0 | {medians:.3f} |" in text
    assert "ICC(2,1) = 0.9" in text
    assert "| r\\_0 | 2 | 1.0 |" in text  # two repeats, a step apart each
    assert "Nobody stands out." in text
    assert "r\\_0: \\<script\\>x\\</script\\> \\[a\\]\\(b\\)" in text
    assert (folder / "report_raters.png").stat().st_size > 10_000


def test_simulated_answers_are_never_taken_for_human_ones(tmp_path: Path) -> None:
    hold(tmp_path, 2, "simulated")
    with pytest.raises(Error, match="no answers of human raters"):
        read_held(tmp_path, "human")
    assert "**All ratings are simulated**" in (
        write_report(read_held(tmp_path, "simulated"), tmp_path).read_text()
    )
    assert {one.kind for one in ratings(read_held(tmp_path, "simulated"))} == {"simulated"}


def test_study_without_answers_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_fake_study(tmp_path, 1, 0.05)
    assert run(monkeypatch, "listen", "report", tmp_path) == 2
    assert f"hold it with tonecast listen serve {tmp_path}" in capsys.readouterr().err
    assert not (tmp_path / "answers.sqlite3").exists()


def test_few_ratings_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hold(tmp_path, 2)
    assert run(monkeypatch, "listen", "export", tmp_path) == 0
    assert "6 tracks, t" in (err := capsys.readouterr().err)
    assert "have fewer than 5 ratings" in err
