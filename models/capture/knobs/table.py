"""The table of a device's recordings: a pair and a setting of all knobs in each line.

dry,wet,drive,tone_hz
in.wav,drive-2.wav,2,800
in.wav,drive-8.wav,8,800
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ....plugin_core.effects.effect import is_taken
from ....plugin_core.errors import Error
from ...capture_files.graph import MEANINGS
from ...data.knob import Knob

DRY, WET, HELD_OUT = "dry", "wet", "held_out"
NAME = re.compile(r"[a-z][a-z0-9_]*")
GRAPH_NAMES = frozenset(("frame", "frame_out", "block", "block_out", "gain_db"))
MOST_KNOBS = 16
YES_OR_NO = {"yes": True, "no": False, "1": True, "0": False, "": False}


@dataclass(frozen=True)
class Row:
    """A pair, the values of all knobs in the device's own units, and whether it is held out."""

    dry: Path
    wet: Path
    values: tuple[float, ...]
    is_held_out: bool


@dataclass(frozen=True)
class Table:
    """The knobs, with the ranges that the rows span, and the rows."""

    path: Path
    knobs: tuple[Knob, ...]
    rows: tuple[Row, ...]


def read_table(path: Path) -> Table:
    """Read and check a table; its files are relative to it.

    A column `held_out` says yes or no for each row. Without one the setting in the middle is held
    out, if one lies inside of all others. Raise tonecast.Error for what is no table of settings.
    """
    lines = _read(path)
    names = [name.strip() for name in lines[0][1]]
    _check_names(path, names)
    knob_names = [name for name in names if name not in (DRY, WET, HELD_OUT)]
    rows = [_row(path, number, names, cells) for number, cells in lines[1:]]
    columns = list(zip(*(row.values for row in rows), strict=True))
    knobs = []
    for name, values in zip(knob_names, columns, strict=True):
        if min(values) == max(values):
            raise Error(
                f"{path}: '{name}' is {values[0]:g} in every line, which tells nothing about it; "
                f"record other settings, or leave the column out"
            )
        knobs.append(Knob(name, min(values), max(values)))
    if HELD_OUT not in names:
        rows = _with_middle_held_out(knobs, rows)
    if len({row.values for row in rows if not row.is_held_out}) < 2:
        raise Error(f"{path}: fewer than two settings are left to learn from; hold out fewer")
    return Table(path, tuple(knobs), tuple(rows))


def _read(path: Path) -> list[tuple[int, list[str]]]:
    """The lines that are not empty, with their numbers: the names first, then one or more."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            lines = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except OSError as error:
        raise Error(f"{path}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error):
        raise Error(f"{path}: not a CSV file; export it as comma-separated text, UTF-8") from None
    if len(lines) < 3:
        raise Error(
            f"{path} must have a line with names ({DRY}, {WET} and each knob), and two or more "
            f"with recordings and settings"
        )
    return lines


def _check_names(path: Path, names: Sequence[str]) -> None:
    for name in (DRY, WET):
        if name not in names:
            raise Error(
                f"{path} has no column '{name}'; its first line must name {DRY}, {WET} and each "
                f"knob, with commas between them"
            )
    knobs = [name for name in names if name not in (DRY, WET, HELD_OUT)]
    if not knobs:
        raise Error(
            f"{path} has no settings; give each knob a column of its own beside {DRY} and {WET}, "
            f"or capture one setting with --dry and --wet"
        )
    if len(knobs) > MOST_KNOBS:
        raise Error(f"{path} has {len(knobs)} knobs; a model can have {MOST_KNOBS} at most")
    for name in names:
        if names.count(name) > 1:
            raise Error(f"{path} has two columns '{name}'; give each its own name")
    for name in knobs:
        if not NAME.fullmatch(name):
            raise Error(
                f"{path}: a knob cannot be called '{name}'; names are made of a-z, 0-9 and _, a "
                f"letter first, as in drive or tone_hz"
            )
        if name in MEANINGS or name in GRAPH_NAMES or is_taken(name):
            raise Error(
                f"{path}: a knob cannot be called '{name}', which means something else for every "
                f"effect; give it another name, as in knob_{name}"
            )


def _row(path: Path, number: int, names: Sequence[str], cells: Sequence[str]) -> Row:
    place = f"{path}, line {number}"
    found = dict(zip(names, (cell.strip() for cell in cells), strict=False))
    values = []
    for name in names:
        text = found.get(name, "")
        if name == HELD_OUT:
            continue
        if not text:
            raise Error(f"{place}: '{name}' is missing")
        if name not in (DRY, WET):
            values.append(_number(place, name, text))
    held_out = found.get(HELD_OUT, "").lower()
    if held_out not in YES_OR_NO:
        raise Error(f"{place}: '{HELD_OUT}' must be yes or no, not '{held_out}'")
    return Row(
        path.parent / found[DRY], path.parent / found[WET], tuple(values), YES_OR_NO[held_out]
    )


def _number(place: str, name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) < 1e9:
        raise Error(f"{place}: '{name}' must be a number, as 3.5, not '{text}'")
    return value


def _with_middle_held_out(knobs: Sequence[Knob], rows: Sequence[Row]) -> list[Row]:
    """Those of the setting nearest to the middle, if it is inside of the range of every knob."""

    def distance(values: tuple[float, ...]) -> float:
        return max(abs(k.place(v) - 0.5) for k, v in zip(knobs, values, strict=True))

    middle = min((row.values for row in rows), key=distance)
    inside = distance(middle) < 0.5
    return [Row(row.dry, row.wet, row.values, inside and row.values == middle) for row in rows]
