"""From a listening study that has been held to a fitted predictor: `tonecast train --ratings`.

    untouched tracks ─ windows ─ features ─┐
    ratings ─ 35th to 65th percentile ─────┴─ cross-validation ─ fit ─ checkpoint

As in the paper: five folds with whole recordings, five seeds, against the mean of the ratings. The
hyper-parameters are those that the search for the shipped predictors began with: a study of usual
size has no tracks to spare for another search. What takes time is kept in the output folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ....plugin_core.errors import Error
from ...listening.array_cache import cached_array
from ...listening.ratings import MIN_RATINGS, Rating, weighted_intervals
from ...listening.results.held import Held, ratings, read_held, too_few
from ...listening.study.flac import read_sound
from ...listening.study.study import StudyTrack
from ..descriptors.descriptors import Descriptors
from ..drn import DRN, PRESETS
from ..ffn import FFN
from ..predictor import Predictor
from .cross_validation import Candidate, Run, cross_validate
from .examples import Examples, windows
from .fit import FitSettings, fit
from .split import folds
from .study import Network, StudyConfig

FOLDS, SEEDS = 5, 5
Kind = Literal["drn", "ffn"]


@dataclass(frozen=True)
class RatedTracks:
    """Tracks with ratings enough, and how the kinds of raters count."""

    folder: Path
    held: Held
    tracks: tuple[StudyTrack, ...]
    rated: tuple[Rating, ...]
    simulated_weight: float
    left_out: int  # tracks with too few ratings

    def describe(self) -> str:
        """What a predictor has learned from, for its contract."""
        people = sorted({one.rater for one in self.rated if one.kind == "human"})
        text = f"ratings of {len(people)} people on {len(self.tracks)} tracks of the study "
        text += self.held.study.config.name
        if self.simulated_weight > 0:
            others = {one.rater for one in self.rated if one.kind == "simulated"}
            text += f", and of {len(others)} SIMULATED raters, each counting "
            text += f"{self.simulated_weight:g}"
        return text


def read_rated(
    folder: Path, without: Collection[str] = (), simulated_weight: float = 0.0
) -> RatedTracks:
    """The ratings of a study that has been held; those of simulated raters only with a weight.

    Raise tonecast.Error where no track has enough of people's.
    """
    held = read_held(folder, "human", without)
    if held.study.config.test != "attenuation":
        raise Error(
            f"{folder} is a blind test; a predictor learns from attenuation that was chosen"
        )
    rated = ratings(held)
    few = set(too_few(rated))
    there = {one.track for one in rated} - few
    tracks = tuple(one for one in held.study.tracks if one.id in there)
    if not tracks:
        raise Error(f"{folder}: no track has {MIN_RATINGS} ratings yet; go on listening")
    if simulated_weight > 0:
        rated += ratings(read_held(folder, "simulated"))
    kept = tuple(one for one in rated if one.track in there)
    return RatedTracks(folder, held, tracks, kept, simulated_weight, len(few))


class RatedStudy:
    """The steps from ratings to a predictor, each from what the ones before have left in `out`."""

    def __init__(
        self, rated: RatedTracks, kind: Kind, out: Path, seeds: int = SEEDS, folds: int = FOLDS
    ) -> None:
        self.rated, self.kind, self.out = rated, kind, out
        self.seeds, self.folds = seeds, folds
        defaults = StudyConfig()
        descriptors = Descriptors() if kind == "ffn" else None
        self.network = (
            Network(lambda: DRN(PRESETS["live"]), defaults.drn)
            if descriptors is None
            else Network(lambda: FFN(descriptors), defaults.ffn)
        )
        self.settings: FitSettings = self.network.base

    def examples(self) -> Examples:
        """Features and intervals of all tracks. Raise tonecast.Error."""
        front = self.network.make()
        kinds = {"human": 1.0, "simulated": self.rated.simulated_weight}
        wanted = weighted_intervals(self.rated.rated, kinds)
        chosen = [wanted[one.id] for one in self.rated.tracks]
        return Examples(
            torch.stack([self._features(one, front) for one in self.rated.tracks]),
            torch.tensor([one.low for one in chosen], dtype=torch.float32),
            torch.tensor([one.high for one in chosen], dtype=torch.float32),
            tuple(one.recording for one in self.rated.tracks),
        )

    def cross_validate(self, seen: Examples) -> list[Run]:
        """Runs of the network and of the baseline. Raise tonecast.Error for too few recordings."""
        everything = np.arange(len(seen))
        splits = {
            seed: folds(seen.recordings, everything, seed, self.folds) for seed in range(self.seeds)
        }
        means = [self._mean(one.id) for one in self.rated.tracks]
        candidates = {self.kind.upper(): Candidate(self.network.make, seen, self.settings)}
        answers = torch.stack([seen.low, seen.high]).numpy().tobytes()
        log = self.out / f"runs-{hashlib.sha256(answers).hexdigest()[:8]}.jsonl"
        return list(cross_validate(candidates, means, splits, log))

    def fit(self, seen: Examples, runs: Sequence[Run], checkpoint: str) -> Path:
        """Fit to all tracks; leaves a checkpoint, with the network's MSBE in `runs`."""
        model = fit(self.network.make, seen, self.settings, seed=0)
        score = float(np.mean([run.msbe for run in runs if run.predictor == self.kind.upper()]))
        path = self.out / checkpoint
        torch.save(
            {
                "settings": json.dumps(asdict(self.settings)),
                "weights": model.state_dict(),
                "cross_validated_msbe": score,
                # Only those who hold a study know the licences of its recordings.
                "licences": json.dumps(["see the recordings of the study"]),
            },
            path,
        )
        return path

    def _mean(self, track: str) -> float:
        chosen = [one for one in self.rated.rated if one.track == track and one.factor is not None]
        weights = [1.0 if one.kind == "human" else self.rated.simulated_weight for one in chosen]
        return float(np.average([one.factor or 0.0 for one in chosen], weights=weights))

    def _features(self, track: StudyTrack, front: Predictor) -> Tensor:
        untouched = track.sounds[0]

        def look() -> NDArray[np.float32]:
            audio = read_sound(self.rated.folder, untouched)
            stereo = np.repeat(audio, 2, axis=0) if audio.shape[0] == 1 else audio
            with torch.no_grad():
                features = front.eval().features(windows(stereo, front))
            return np.asarray(features.numpy(), np.float32)

        path = self.out / "features" / self.kind / f"{untouched.sha256[:16]}.npy"
        return torch.from_numpy(cached_array(path, look))
