"""The report of a MUSHRA-like test: how good each sound was found, and whom to leave out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ....plugin_core.atomic_write import atomic_write
from ....plugin_core.errors import Error
from ..results.held import Held
from ..results.report import REPORT, escape
from .picture import draw_scores
from .scores import (
    CONFIDENCE,
    LOWEST_REFERENCE,
    MISSED_SHARE,
    Score,
    Summary,
    missed_reference,
    scores,
    summary,
    word,
)

PICTURE = "report_scores.png"


def write_mushra_report(held: Held, folder: Path) -> Path:
    """Write report.md and its picture to `folder`; returns the report's path.

    Raise tonecast.Error where they cannot be written.
    """
    found = scores(held.given)
    reference, *others = held.study.labels
    labels = [f"hidden reference ({reference})", *others]
    sums = [summary([one for one in found if one.sound == k]) for k in range(len(labels))]
    path = folder / REPORT
    try:
        with atomic_write(folder / PICTURE) as draft:
            draw_scores(labels, sums, held.kind, draft)
        with atomic_write(path) as draft:
            draft.write_text("\n".join(_lines(held, labels, sums)) + "\n", encoding="utf-8")
    except OSError as error:
        raise Error(f"{path}: cannot be written: {error.strerror}") from None
    return path


def _lines(held: Held, labels: Sequence[str], sums: Sequence[Summary]) -> Iterator[str]:
    study, found = held.study, scores(held.given)
    raters = len({one.rater for one in found})
    yield f"# Listening test {study.config.name}\n"
    if held.kind != "human":
        yield "**All scores are simulated**: no person has listened.\n"
    yield (
        f"After ITU-R BS.1534 (MUSHRA), with one anchor: {len(labels)} sounds beside the open "
        f"reference {escape(study.labels[0])}, equally loud, scored from 0 (bad) to 100 "
        f"(excellent). {raters} {held.kind} raters, {len(study.tracks)} excerpts of "
        f"{study.config.excerpt_s:g} s, {len(held.given)} of "
        f"{sum(held.positions.values())} trials.\n"
    )
    yield from _sounds(labels, sums)
    over = "the means of raters" if raters > 1 else "the excerpts, as there is one rater"
    yield f"The interval is Student's, over {over}.\n"
    yield f"![Scores]({PICTURE})\n"
    yield "## Excerpts\n"
    yield from _excerpts(held, labels, found)
    yield "## Raters\n"
    yield from _raters(held, found)
    yield "## Whom to leave out\n"
    yield from _advice(found)


def _sounds(labels: Sequence[str], sums: Sequence[Summary]) -> Iterator[str]:
    yield f"| sound | median | quartiles | mean, {CONFIDENCE:.0%} | | scores |"
    yield "|---|---:|---:|---:|---|---:|"
    for label, one in zip(labels, sums, strict=True):
        low, high = one.quartiles
        yield (
            f"| {escape(label)} | {one.median:g} | {low:g} … {high:g} | {_mean(one)} | "
            f"{word(one.mean)} | {len(one.values)} |"
        )
    yield ""


def _excerpts(held: Held, labels: Sequence[str], found: Sequence[Score]) -> Iterator[str]:
    yield "Mean scores.\n"
    yield "| excerpt from | " + " | ".join(escape(one) for one in labels) + " |"
    yield "|---:|" + "---:|" * len(labels)
    for track in sorted(held.study.tracks, key=lambda one: one.start_s):
        cells = []
        for sound in range(len(labels)):
            own = [one.value for one in found if (one.track, one.sound) == (track.id, sound)]
            cells.append(f"{np.mean(own):.0f}" if own else "–")
        yield f"| {track.start_s:.1f} s | " + " | ".join(cells) + " |"
    yield ""


def _raters(held: Held, found: Sequence[Score]) -> Iterator[str]:
    yield "| rater | trials | hidden reference, mean | median time, s | median switches |"
    yield "|---|---:|---:|---:|---:|"
    for rater, count in held.positions.items():
        own = [one.answer for one in held.given if one.rater == rater]
        if own:
            reference = [one.value for one in found if (one.rater, one.sound) == (rater, 0)]
            yield (
                f"| {escape(rater)} | {len(own)} of {count} | {np.mean(reference):.0f} | "
                f"{np.median([one.seconds for one in own]):.0f} | "
                f"{np.median([one.switches for one in own]):g} |"
            )
    yield ""


def _advice(found: Sequence[Score]) -> Iterator[str]:
    missed = missed_reference(found)
    if not missed:
        yield "Everyone has found the hidden reference.\n"
        return
    yield (
        f"BS.1534 leaves out who scores the hidden reference below {LOWEST_REFERENCE} in more "
        f"than {MISSED_SHARE:.0%} of the trials. All are in the tables above; "
        "`tonecast listen report --without CODE` leaves a rater out. These would be:\n"
    )
    for rater, (count, trials) in missed.items():
        yield f"- {escape(rater)}: {count} of {trials} trials"
    yield ""


def _mean(one: Summary) -> str:
    if one.interval is None:
        return f"{one.mean:.1f}"
    low, high = one.interval
    return f"{one.mean:.1f} ({low:.1f} … {high:.1f})"
