"""Tables of the predictors' evaluation, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from ...models.listening.ratings import FACTORS
from ...models.listening.tracks import Track
from ...models.predictors.training.cross_validation import BASELINE, Run
from ...models.predictors.training.fit import FitSettings
from ...models.predictors.training.significance import cohens_d, repeated_measures, tukey
from .sound import Outcome, best_fixed


def is_made_up(track: Track) -> bool:
    """Whether a track is a synthesized mix or a mix of notes, not a recording of music."""
    return track.recording.startswith(("synthetic-", "notes-"))


def tracks_table(tracks: Sequence[Track]) -> Iterator[str]:
    """The tracks of the experiment."""
    yield "| part | tracks | recordings | of them made up | clean tracks |"
    yield "|---|---:|---:|---:|---:|"
    for part in dict.fromkeys(track.part for track in tracks):
        of_part = [track for track in tracks if track.part == part]
        recordings = {track.recording for track in of_part}
        made_up = len({track.recording for track in of_part if is_made_up(track)})
        clean = sum(not track.presets for track in of_part)
        yield f"| {part} | {len(of_part)} | {len(recordings)} | {made_up} | {clean} |"
    licences = sorted({one for track in tracks for one in track.licence.split("+")})
    yield f"\nLicences of the recordings: {', '.join(licences)}.\n"


def settings_table(settings: Mapping[str, FitSettings], trials: int, kind: str) -> Iterator[str]:
    """The hyper-parameters that the search chose."""
    yield (
        f"| network ({kind} ratings) | trials | steps of windows | learning rate | weight decay | "
        "augmentation |"
    )
    yield "|---|---:|---:|---:|---:|---:|"
    for name, chosen in settings.items():
        yield (
            f"| {name} | {trials} | {chosen.steps} of {chosen.batch} | "
            f"{chosen.learning_rate:.2g} | {chosen.weight_decay:.2g} | "
            f"{chosen.augmentation:.2f} |"
        )
    yield ""


def by_predictor(runs: Sequence[Run]) -> dict[str, list[float]]:
    """MSBE of each predictor in all runs, the baseline first."""
    scores: dict[str, list[float]] = {BASELINE: []}
    for run in runs:
        scores.setdefault(run.predictor, []).append(run.msbe)
    return scores


def msbe_table(runs: Sequence[Run], tracks: Sequence[Track], kind: str) -> Iterator[str]:
    """As table 4 of the paper, with the tests of significance; `tracks` are those of the runs."""
    scores = by_predictor(runs)
    baseline = scores[BASELINE]
    made_up = {i for i, track in enumerate(tracks) if is_made_up(track)}
    recorded = set(range(len(tracks))) - made_up
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


def sound_table(outcomes: Sequence[Outcome], mean: float, kind: str) -> Iterator[str]:
    """Distances to the clean version of held-out tracks; `mean` is that of all ratings."""
    resonant = [outcome for outcome in outcomes if outcome.track.presets]
    clean = [outcome for outcome in outcomes if not outcome.track.presets]
    made_up = np.array([is_made_up(outcome.track) for outcome in resonant])
    factor, _ = best_fixed(resonant)
    step = round(factor * (len(resonant[0].fixed_db) - 1))
    yield (
        f"| tracks with resonances (predictors from {kind} ratings) | distance of all "
        f"{len(resonant)}, dB | of the best per track | "
        f"of {np.sum(~made_up)} from recordings, dB | of {np.sum(made_up)} made up, dB |"
    )
    yield "|---|---:|---:|---:|---:|"
    names = [followed.predictor for followed in resonant[0].followed]
    rows = {
        "unprocessed": [outcome.unprocessed_db for outcome in resonant],
        f"mean of the ratings, {mean:.3f}": [
            float(np.interp(mean, FACTORS, outcome.fixed_db)) for outcome in resonant
        ],
        f"best single factor, {factor:.4g}, found afterwards": [
            float(outcome.fixed_db[step]) for outcome in resonant
        ],
        **{
            f"auto, {name}": [outcome.followed[i].distance_db for outcome in resonant]
            for i, name in enumerate(names)
        },
        "best factor of each track, found afterwards": [outcome.best_db for outcome in resonant],
    }
    best_db = np.mean(rows["best factor of each track, found afterwards"])
    for label, distances_db in rows.items():
        of_all = np.array(distances_db)
        yield (
            f"| {label} | {of_all.mean():.3f} | {of_all.mean() / best_db:.3f} | "
            f"{_mean(of_all[~made_up])} | {_mean(of_all[made_up])} |"
        )
    if clean:
        means = ", ".join(
            f"{name} {np.mean([outcome.followed[i].factors.mean() for outcome in clean]):.3f}"
            for i, name in enumerate(names)
        )
        yield f"\nOn {len(clean)} clean tracks the mean factor is: {means} (goal: at most 0.15).\n"


def _mean(values: NDArray[np.float64]) -> str:
    return f"{values.mean():.3f}" if values.size else "–"
