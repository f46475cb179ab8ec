"""Tables of the predictors' evaluation, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...models.listening.ratings import FACTORS
from ...models.listening.tracks import Track
from ...models.predictors.training.fit import FitSettings
from ...models.predictors.training.tables import is_made_up
from .sound import Outcome, best_fixed


def tracks_table(tracks: Sequence[Track]) -> Iterator[str]:
    """The tracks of the experiment."""
    yield "| part | tracks | recordings | of them made up | clean tracks |"
    yield "|---|---:|---:|---:|---:|"
    for part in dict.fromkeys(track.part for track in tracks):
        of_part = [track for track in tracks if track.part == part]
        recordings = {track.recording for track in of_part}
        made_up = len({track.recording for track in of_part if is_made_up(track.recording)})
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


def sound_table(outcomes: Sequence[Outcome], mean: float, kind: str) -> Iterator[str]:
    """Distances to the clean version of held-out tracks; `mean` is that of all ratings."""
    resonant = [outcome for outcome in outcomes if outcome.track.presets]
    clean = [outcome for outcome in outcomes if not outcome.track.presets]
    made_up = np.array([is_made_up(outcome.track.recording) for outcome in resonant])
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
