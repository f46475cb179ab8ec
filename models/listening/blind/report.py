"""The report of an ABX study: who hears which difference, and how surely."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from scipy.stats import chi2

from ....plugin_core.atomic_write import atomic_write
from ....plugin_core.errors import Error
from ..answers.store import GivenAnswer
from ..results.held import Held
from ..results.report import REPORT, escape
from .sequential import CONFIDENCE, ERROR, HEARING, MAX_TRIALS, Outcome, is_over, outcome
from .trials import effect_of, is_right

VERDICTS = {"heard": "heard", "not heard": "not heard", "open": "undecided"}


def write_blind_report(held: Held, folder: Path) -> Path:
    """Write report.md to `folder`; returns its path. Raise tonecast.Error."""
    path = folder / REPORT
    try:
        with atomic_write(path) as draft:
            draft.write_text("\n".join(_lines(held)) + "\n", encoding="utf-8")
    except OSError as error:
        raise Error(f"{path}: cannot be written: {error.strerror}") from None
    return path


def right_answers(given: Sequence[GivenAnswer]) -> dict[int, list[bool]]:
    """Right ones and wrong ones of one rater for each effect, in order."""
    found: dict[int, list[bool]] = {}
    for one in sorted(given, key=lambda one: one.answer.position):
        right = is_right(one.slots, one.answer.step)
        found.setdefault(effect_of(one.slots), []).append(right)
    return found


def fisher(p_values: Sequence[float]) -> float:
    """One p of several independent ones (Fisher's method); conservative, as theirs are discrete."""
    return float(chi2.sf(-2 * sum(math.log(one) for one in p_values), 2 * len(p_values)))


def _lines(held: Held) -> Iterator[str]:
    labels = [escape(one) for one in held.study.labels]
    yield f"# Blind test {held.study.config.name}\n"
    if held.kind != "human":
        yield "**All answers are simulated**: no person has listened.\n"
    yield (
        f"ABX: is X the recording {labels[0]}, or what an effect makes of its input? "
        f"{len(held.positions)} {held.kind} raters; {len(held.study.tracks)} excerpts of "
        f"{held.study.config.excerpt_s:g} s, equally loud. A test ends when hearing the difference "
        f"({HEARING:.0%} right) is {(1 - ERROR) / ERROR:.0f} times as likely as guessing, or the "
        f"other way round, and after {MAX_TRIALS} trials.\n"
    )
    by_rater = {
        rater: right_answers([one for one in held.given if one.rater == rater])
        for rater in held.positions
    }
    for effect, label in enumerate(labels[1:], start=1):
        yield f"## {label}\n"
        yield f"| rater | right | difference | p | rate, {CONFIDENCE:.0%} | d′, {CONFIDENCE:.0%} |"
        yield "|---|---:|---|---:|---:|---:|"
        found = []
        for rater, answers in by_rater.items():
            if effect in answers:
                one = outcome(answers[effect])
                found.append(one)
                yield _row(rater, one, is_over(answers[effect]))
        if len(found) > 1:
            p = fisher([one.p for one in found])
            right, trials = sum(one.right for one in found), sum(one.trials for one in found)
            yield f"| all | {right} of {trials} | | {p:.2g} (Fisher) | | |"
        yield ""


def _row(rater: str, found: Outcome, over: bool) -> str:
    verdict = VERDICTS[found.verdict] if over else "not finished"
    low, high = found.rate_interval
    d_low, d_high = found.d_prime_interval
    return (
        f"| {escape(rater)} | {found.right} of {found.trials} | {verdict} | {found.p:.2g} | "
        f"{found.right / found.trials:.2f} ({low:.2f} … {high:.2f}) | "
        f"{found.d_prime:.1f} ({d_low:.1f} … {d_high:.1f}) |"
    )
