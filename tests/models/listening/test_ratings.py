"""The ratings table: what a listening test fills in, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from tonecast import Error
from tonecast.models.listening.ratings import (
    FACTORS,
    Rating,
    intervals,
    mean_factor,
    read_ratings,
    write_ratings,
)
from tonecast.models.listening.statistics import correlations, rater_statistics

HEADER = "track,rater,factor,kind\n"


def rows(factors: list[float | None], track: str = "a", kind: str = "human") -> list[Rating]:
    return [Rating(track, f"r{i}", factor, kind) for i, factor in enumerate(factors)]


def test_written_ratings_are_read_back(tmp_path: Path) -> None:
    ratings = rows([0, 0.0625, 0.5, 1, 0.1875, None])
    write_ratings(ratings, tmp_path / "r.csv")
    assert read_ratings(tmp_path / "r.csv", {"a"}) == ratings
    assert "a,r5,no rating,human" in (tmp_path / "r.csv").read_text()


def test_interval_is_where_the_middle_third_of_raters_is() -> None:
    ratings = rows(list(FACTORS))
    interval = intervals([*ratings, Rating("a", "r99", None, "human")])["a"]
    assert (interval.low, interval.high) == pytest.approx((0.35, 0.65))
    assert mean_factor(ratings) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,r,0.2,human", r"row 2: factor 0.2 is none of the 17 steps"),
        ("a,r,1.0625,human", r"none of the 17 steps"),
        ("a,r,nan,human", r"none of the 17 steps"),
        ("a,r,loud,human", r"factor is 'loud'; write a number or 'no rating'"),
        ("b,r,0.5,human", r"track 'b' is not in the table of tracks"),
        ("a,r,0.5,robot", r"kind is 'robot'; write human or simulated"),
        ("a,r,0.5", r"row 2: has 3 values, not 4"),
        ("a,r,0.5,human\na,r,0.25,human", r"rater 'r' rates track 'a' 2 times; keep one row"),
        ("a,r,0.5,human\na,s,0.5,simulated", r"mixes human and simulated ratings"),
        ("a,r,0.5,human\na,s,no rating,human", r"'a' has 1 ratings, too few for percentiles"),
        ("", r"holds no ratings"),
    ],
)
def test_table_that_is_wrong_is_refused_in_a_sentence(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "r.csv"
    path.write_text(HEADER + text + "\n")
    with pytest.raises(Error, match=message) as refused:
        read_ratings(path, {"a"})
    assert "r.csv" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    with pytest.raises(Error, match="cannot be read: No such file"):
        read_ratings(path, {"a"})
    path.write_bytes(b"RIFF\xff\xfe\x00")
    with pytest.raises(Error, match="not a table; save it as CSV in UTF-8"):
        read_ratings(path, {"a"})
    path.write_text("name,value\n")
    with pytest.raises(Error, match="first line must be track,rater,factor,kind"):
        read_ratings(path, {"a"})


def test_statistics_count_refusals_and_zeros() -> None:
    chosen: list[list[float | None]] = [[0, 0.5, None, 1], [0, 0.25, 0.5, 0.5]]
    ratings = [
        Rating(f"t{j}", f"r{i}", factor, "human")
        for i, row in enumerate(chosen)
        for j, factor in enumerate(row)
    ]
    first, second = rater_statistics(ratings)
    assert (first.median, first.refused, first.zeros, first.tracks) == (0.5, 1, 1, 4)
    assert (second.refused, second.zeros) == (0, 1)
    _, matrix = correlations(ratings)
    expected = np.corrcoef([0, 0.5, 1], [0, 0.25, 0.5])[0, 1]
    assert matrix[0, 1] == pytest.approx(expected)
