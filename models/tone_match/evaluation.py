"""How soon and how steadily the tone matcher knows a track that it was not trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .corpus import Track
from .tone_match import FRAMES_PER_SECOND, SpectrumGuess
from .training import Plan, final_db, train

FOLDS = 5
TIMES_S = (0.3, 1.0, 3.0, 10.0, 30.0)


@dataclass(frozen=True)
class Outcome:
    """Distance in dB from the track's final spectrum, RMS over bands, after each frame.

    `wander_db` is by how much an estimate differs from what it was half a second before, on the
    mean over the track: what an equalizer would sway by. All for the network and the average.
    """

    track: Track
    network_db: Tensor
    average_db: Tensor
    network_wander_db: float
    average_wander_db: float

    def after(self, time_s: float) -> tuple[float, float] | None:
        """Of network and average; none of tracks that have ended, or that are nearly over."""
        frame = round(time_s * FRAMES_PER_SECOND) - 1
        if frame > 0.8 * len(self.network_db):
            return None
        return float(self.network_db[frame]), float(self.average_db[frame])


def cross_validate(tracks: Sequence[Track], plan: Plan | None = None) -> Iterator[Outcome]:
    """Each track, by a network trained on the sessions of the other folds."""
    sessions = sorted({track.session for track in tracks})
    for fold in range(FOLDS):
        held_out = set(sessions[fold::FOLDS])
        guess = train([track for track in tracks if track.session not in held_out], plan)
        for track in tracks:
            if track.session in held_out:
                yield judge(guess, track)


def judge(guess: SpectrumGuess, track: Track) -> Outcome:
    """How `guess` follows a track."""
    power = track.power[None]
    with torch.no_grad():
        average_db, *heard = guess.features(power)
        network_db = guess.guess(average_db, *heard)
        target_db = final_db(guess, power)
    estimates = (network_db, average_db)
    network, average = ((one - target_db).square().mean(1).sqrt()[0] for one in estimates)
    return Outcome(track, network, average, _wander_db(network_db), _wander_db(average_db))


@dataclass(frozen=True)
class MeanErrors:
    """Over all tracks that last long enough, in dB."""

    network_db: float
    average_db: float
    tracks: int


def mean_errors(outcomes: Sequence[Outcome], time_s: float) -> MeanErrors:
    """Of network and running average, after `time_s`."""
    found = [pair for one in outcomes if (pair := one.after(time_s)) is not None]
    network_db, average_db = torch.tensor(found).mean(0).tolist()
    return MeanErrors(network_db, average_db, len(found))


def _wander_db(estimate_db: Tensor) -> float:
    lag = round(0.5 * FRAMES_PER_SECOND)
    return float((estimate_db[..., lag:] - estimate_db[..., :-lag]).square().mean(1).sqrt().mean())
