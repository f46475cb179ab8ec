"""Tables of settings: what is read of them, and the one line that says what is wrong."""

from pathlib import Path

import pytest
import tonecast
from tonecast.models.capture.knobs.table import read_table
from tonecast.models.data.knob import Knob


def table(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "box.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_files_are_relative_to_the_table_and_ranges_span_the_settings(tmp_path: Path) -> None:
    lines = ["\ufeffdry, wet, drive, tone_hz", "in.wav,a.wav,2,800", "", "in.wav,b.wav,8,4e3"]
    found = read_table(table(tmp_path, *lines))
    assert found.knobs == (Knob("drive", 2, 8), Knob("tone_hz", 800, 4000))
    assert [row.values for row in found.rows] == [(2, 800), (8, 4000)]
    assert (found.rows[1].dry, found.rows[1].wet) == (tmp_path / "in.wav", tmp_path / "b.wav")
    assert not any(row.is_held_out for row in found.rows)  # none lies inside of the others


@pytest.mark.parametrize(
    ("settings", "held_out"),
    [
        (["0,0", "10,0", "0,10", "10,10", "4,5"], ["4,5"]),
        (["0,0", "10,0", "0,10", "10,10", "4,5", "4,5"], ["4,5", "4,5"]),  # recorded twice
        (["0,0", "5,10", "10,5", "10,10"], []),  # each is at the end of a knob's range
        (["0,0", "3,3", "10,10"], ["3,3"]),
    ],
)
def test_the_middle_is_held_out_unless_the_table_says(
    settings: list[str], held_out: list[str], tmp_path: Path
) -> None:
    lines = [f"in.wav,{i}.wav,{values}" for i, values in enumerate(settings)]
    found = read_table(table(tmp_path, "dry,wet,a,b", *lines))
    kept = [",".join(f"{v:g}" for v in row.values) for row in found.rows if row.is_held_out]
    assert kept == held_out
    said = [f"{line},{'yes' if i == 0 else 'no'}" for i, line in enumerate(lines)]
    found = read_table(table(tmp_path, "dry,wet,a,b,held_out", *said))
    assert [row.is_held_out for row in found.rows] == [i == 0 for i in range(len(settings))]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["dry,wet", "a.wav,b.wav", "a.wav,c.wav"], "box.csv has no settings; give each knob a"),
        (["dry,drive", "a.wav,1", "a.wav,2"], "has no column 'wet'; its first line must name dry"),
        (["dry,wet,drive", "a.wav,b.wav,1"], "must have a line with names"),
        (
            ["dry,wet,drive", "a.wav,b.wav,5", "a.wav,c.wav,5"],
            "'drive' is 5 in every line, which tells nothing about it; record other settings",
        ),
        (["dry,wet,drive", "a.wav,b.wav,1", "a.wav,c.wav"], "line 3: 'drive' is missing"),
        (["dry,wet,drive", "a.wav,,1", "a.wav,c.wav,2"], "line 2: 'wet' is missing"),
        (["dry,wet,drive", "a.wav,b.wav,full", "a.wav,c.wav,2"], "must be a number, as 3.5, not"),
        (["dry,wet,drive", "a.wav,b.wav,nan", "a.wav,c.wav,2"], "must be a number, as 3.5, not"),
        (["dry,wet,Drive", "a.wav,b.wav,1", "a.wav,c.wav,2"], "a knob cannot be called 'Drive'"),
        (["dry,wet,mix", "a.wav,b.wav,1", "a.wav,c.wav,2"], "'mix', which means something else"),
        (["dry,wet,size", "a.wav,b.wav,1", "a.wav,c.wav,2"], "'size', which means something else"),
        (["dry,wet,block", "a.wav,b.wav,1", "a.wav,c.wav,2"], "'block', which means something"),
        (["dry,wet,a,a", "a.wav,b.wav,1,2", "a.wav,c.wav,2,3"], "has two columns 'a'"),
        (
            ["dry,wet,a,held_out", "a.wav,b.wav,1,maybe", "a.wav,c.wav,2,no"],
            "line 2: 'held_out' must be yes or no, not 'maybe'",
        ),
        (
            ["dry,wet,a,held_out", "a.wav,b.wav,1,yes", "a.wav,c.wav,2,no"],
            "fewer than two settings are left to learn from",
        ),
        (
            [
                ",".join(["dry", "wet", *(f"k{i}" for i in range(17))]),
                *(",".join(["a.wav", "b.wav", *[f"{i}"] * 17]) for i in range(2)),
            ],
            "has 17 knobs; a model can have 16 at most",
        ),
    ],
)
def test_what_is_no_table_of_settings_is_refused_in_one_line(
    lines: list[str], says: str, tmp_path: Path
) -> None:
    with pytest.raises(tonecast.Error) as raised:
        read_table(table(tmp_path, *lines))
    assert says in str(raised.value)
    assert str(raised.value).startswith(str(tmp_path / "box.csv"))
    assert "\n" not in str(raised.value)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(tonecast.Error, match=r"box\.csv: cannot be read: No such file"):
        read_table(tmp_path / "box.csv")
    (tmp_path / "box.csv").write_bytes(b"\xff\xfe\x00dry")
    with pytest.raises(tonecast.Error, match=r"box\.csv: not a CSV file"):
        read_table(tmp_path / "box.csv")
