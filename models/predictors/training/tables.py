"""Tables of cross-validation, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

import numpy as np

from .cross_validation import BASELINE, Run
from .significance import cohens_d, repeated_measures, tukey


def is_made_up(recording: str) -> bool:
    """Whether a recording is a synthesized mix or a mix of notes, not music that was recorded."""
    return recording.startswith(("synthetic-", "notes-"))


def by_predictor(runs: Sequence[Run]) -> dict[str, list[float]]:
    """MSBE of each predictor in all runs, the baseline first."""
    scores: dict[str, list[float]] = {BASELINE: []}
    for run in runs:
        scores.setdefault(run.predictor, []).append(run.msbe)
    return scores


def msbe_table(runs: Sequence[Run], recordings: Sequence[str], kind: str) -> Iterator[str]:
    """As table 4 of the paper, with the tests of significance; `recordings` are the tracks'."""
    scores = by_predictor(runs)
    baseline = scores[BASELINE]
    made_up = {i for i, one in enumerate(recordings) if is_made_up(one)}
    recorded = set(range(len(recordings))) - made_up
    yield (
        f"| predictor ({kind} ratings) | MSBE | standard deviation | of baseline | "
        "on recordings | on made-up mixes | Cohen's d |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, of_runs in scores.items():
        d = "" if name == BASELINE else f"{cohens_d(baseline, of_runs):.2f}"
        ratio = np.mean(of_runs) / np.mean(baseline)
        parts = [_total(runs, name, part) / _total(runs, BASELINE, part)
                 for part in (recorded, made_up)]  # fmt: skip
        yield (
            f"| {name} | {np.mean(of_runs):.4f} | {np.std(of_runs, ddof=1):.4f} | {ratio:.2f} "
            f"| {parts[0]:.2f} | {parts[1]:.2f} | {d} |"
        )
    yield "| paper, people: baseline, FFN, DRN | .237, .159, .154 | .103, .082, .080 | " + (
        "1, .67, .65 | 1, .67, .65 | | , .82, .88 |\n"
    )
    anova = repeated_measures(scores)
    yield (
        f"Repeated-measures ANOVA: F({anova.between}, {anova.within}) = {anova.f:.2f}, "
        f"p = {anova.p:.2g} (paper: F(2, 72) = 6.55, p = .002). Tukey's test: "
        + "; ".join(f"{a} and {b}, p = {p:.2g}" for (a, b), p in tukey(scores).items())
        + ".\n"
    )


def _total(runs: Sequence[Run], predictor: str, tracks: Set[int]) -> float:
    """MSBE of a predictor, summed over some tracks; above 0, so that ratios of it exist."""
    return 1e-12 + sum(
        missed
        for run in runs
        if run.predictor == predictor
        for track, missed in zip(run.tracks, run.track_msbe, strict=True)
        if track in tracks
    )
