"""The report of a study that has been held: `tonecast listen report`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ....plugin_core.atomic_write import atomic_write
from ....plugin_core.errors import Error
from ..ratings import Rating
from ..statistics import table
from .advice import advice
from .held import Held, ratings
from .pictures import draw_raters
from .reliability import agreement, repeats
from .tables import raters_table

REPORT = "report.md"
PICTURE = "report_raters.png"
SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~<>&-])")


def write_report(held: Held, folder: Path) -> Path:
    """Write report.md and its picture to `folder`; returns the report's path.

    Raise tonecast.Error where they cannot be written.
    """
    rated = ratings(held)
    if not any(one.factor is not None for one in rated):
        raise Error(f"{folder}: no rater has decided on any track yet")
    path = folder / REPORT
    try:
        with atomic_write(folder / PICTURE) as draft:
            draw_raters(rated, held.kind, draft)
        with atomic_write(path) as draft:
            draft.write_text("\n".join(_lines(held, rated)) + "\n", encoding="utf-8")
    except OSError as error:
        raise Error(f"{path}: cannot be written: {error.strerror}") from None
    return path


def _lines(held: Held, rated: Sequence[Rating]) -> Iterator[str]:
    config = held.study.config
    yield f"# Listening study {config.name}\n"
    if held.kind != "human":
        yield "**All ratings are simulated**: no person has listened.\n"
    yield (
        f"{len(held.positions)} {held.kind} raters, {len(held.study.tracks)} tracks of "
        f"{config.excerpt_s:g} s, {len(held.given)} answers.\n"
    )
    yield "## Choices\n"
    named = [replace(one, rater=escape(one.rater)) for one in rated]
    yield from raters_table(named, held.kind)
    yield f"![Raters]({PICTURE})\n"
    yield "## Reliability\n"
    yield from _agreement(rated)
    yield from _repeats(held)
    yield "## Listening\n"
    yield from _listening(held)
    yield "## Whom to leave out\n"
    yield from _advice(held, rated)
    yield from _comments(held)


def _agreement(rated: Sequence[Rating]) -> Iterator[str]:
    found = agreement(table(rated)[2])
    if found is None:
        yield "Too few tracks that all raters decided on for an intra-class correlation.\n"
        return
    low, high = found.single_interval
    yield (
        f"Intra-class correlation of {found.raters} raters on the {found.tracks} tracks that all "
        f"of them decided on: ICC(2,1) = {found.single:.2f} (95 %: {low:.2f} … {high:.2f}) of one "
        f"rater, ICC(2,{found.raters}) = {found.mean:.2f} of their mean.\n"
    )


def _repeats(held: Held) -> Iterator[str]:
    rows = []
    for rater in held.positions:
        found = repeats([one for one in held.given if one.rater == rater])
        if found is not None:
            rows.append(
                f"| {escape(rater)} | {found.pairs} | {found.mean_difference:.1f} | "
                f"{found.by_chance:.1f} |"
            )
    if not rows:
        yield "No track was decided on twice.\n"
        return
    yield "| rater | tracks heard twice | steps apart, mean | of different tracks |"
    yield "|---|---:|---:|---:|"
    yield from rows
    yield ""


def _listening(held: Held) -> Iterator[str]:
    yield "| rater | answers | median time, s | median switches | untouched heard | equally loud |"
    yield "|---|---:|---:|---:|---:|---:|"
    for rater, count in held.positions.items():
        own = [one.answer for one in held.given if one.rater == rater]
        if own:
            yield (
                f"| {escape(rater)} | {len(own)} of {count} | "
                f"{np.median([one.seconds for one in own]):.0f} | "
                f"{np.median([one.switches for one in own]):g} | "
                f"{np.mean([one.comparisons > 0 for one in own]):.0%} | "
                f"{np.mean([one.equal_loudness for one in own]):.0%} |"
            )
    yield ""


def _advice(held: Held, rated: Sequence[Rating]) -> Iterator[str]:
    found = advice(held.given, rated, held.positions)
    if not found:
        yield "Nobody stands out.\n"
        return
    yield (
        "All are in the tables above. `tonecast listen export --without CODE` leaves a rater out; "
        "these would be:\n"
    )
    for rater, reasons in found.items():
        yield f"- {escape(rater)}: {'; '.join(reasons)}"
    yield ""


def _comments(held: Held) -> Iterator[str]:
    found = [one for one in held.given if one.answer.comment.strip()]
    if not found:
        return
    recordings = {one.id: one.recording for one in held.study.tracks}
    yield "## Comments\n"
    for one in found:
        said = escape(" ".join(one.answer.comment.split()))
        yield f"- {escape(recordings[one.track])}, {escape(one.rater)}: {said}"
    yield ""


def escape(text: str) -> str:
    """A text as Markdown shows it: nothing in it is a link, a tag or a heading."""
    return SPECIAL.sub(r"\\\1", text)
