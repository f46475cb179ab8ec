"""The training of the predictors, after Grachten, Deruty and Tanguy (2018), section 4.

    tracks ─ simulated ratings ─ features ─ hyper-parameters ─ cross-validation ─ fit ─ checkpoints

    python -m tonecast.models.predictors.training.study [--full] [--work FOLDER]

Everything that takes time is kept in the work folder, so a study that was stopped resumes: what was
heard and the features for all configurations together; searches, runs and checkpoints in a folder
for each configuration. Delete it after a change to the experiment, the effect or a network's front.
`tonecast.models.release.attenuation` makes predictor files of the checkpoints.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

import click
import numpy as np
import torch
from rich.progress import track as progress_bar

from ....plugin_core.errors import Error
from ...listening import recordings as material
from ...listening.experiment import Hearings, listen_to_all
from ...listening.raters import draw_raters, rate_all
from ...listening.ratings import Rating, intervals, read_ratings, write_ratings
from ...listening.recordings import Recording
from ...listening.tracks import Plan, plan_tracks, write_tracks
from ..descriptors.descriptors import Descriptors
from ..drn import DRN, PRESETS, DRNSize
from ..ffn import FFN
from ..predictor import Predictor
from .cross_validation import Candidate, Run, cross_validate
from .examples import Examples, examples, track_features
from .fit import FitSettings, fit
from .search import search
from .split import folds, search_splits

ROOT = Path(__file__).resolve().parents[3]
Step = TypeVar("Step")


@dataclass(frozen=True)
class StudyConfig:
    """The extent of a study; the defaults are those of the predictors that ship."""

    plan: Plan = field(default_factory=Plan)
    made_up: int = 560
    seconds: float = 6.0
    search_size: int = 100  # test tracks of each of the search's splits
    trials: int = 8
    folds: int = 5
    seeds: int = 5
    drn: FitSettings = field(
        default_factory=lambda: FitSettings(2e-3, augmentation=0.8, batch=32, steps=500)
    )
    ffn: FitSettings = field(
        default_factory=lambda: FitSettings(1e-3, augmentation=0.6, batch=128, steps=200)
    )
    drn_size: DRNSize = PRESETS["live"]


QUICK = StudyConfig(
    plan=Plan(
        study=60,
        held_out=12,
        extra=24,
        notes=0,
        tracks_per_recording=2,
        extra_per_recording=1,
        held_out_recordings=4,
    ),
    search_size=6,
    trials=3,
    seeds=2,
    drn=FitSettings(batch=32, steps=100),
    ffn=FitSettings(batch=64, steps=200),
)
CONFIGS = {"full": StudyConfig(), "quick": QUICK}


@dataclass(frozen=True)
class Network:
    """A predictor network: its constructor, and the settings that the search starts from."""

    make: Callable[[], Predictor]
    base: FitSettings


@dataclass(frozen=True)
class Fitted:
    """A network fitted to all rated tracks: its name, its constructor and its checkpoint."""

    name: str
    make: Callable[[], Predictor]
    checkpoint: Path


class Progress(Protocol):
    """Yields steps and shows how many of them are done."""

    def __call__(self, steps: Iterable[Step], description: str, total: int) -> Iterable[Step]:
        """The steps [total], unchanged."""
        ...


def no_progress(steps: Iterable[Step], description: str, total: int) -> Iterable[Step]:
    """The steps, without showing anything."""
    return steps


class Study:
    """The steps of a study, each from what the ones before have left in `work`."""

    def __init__(
        self,
        config: StudyConfig,
        audio: Path | None,
        work: Path,
        progress: Progress = no_progress,
    ) -> None:
        """Draw the tracks.

        `audio` is a folder with a MANIFEST.csv, or None for synthesized mixes only. Raise
        tonecast.Error.
        """
        self.config, self.work, self._progress = config, work, progress
        digest = hashlib.sha256(json.dumps(asdict(config), sort_keys=True).encode()).hexdigest()
        self.results = work / digest[:8]
        self.results.mkdir(parents=True, exist_ok=True)
        found = material.find(audio, config.made_up, config.plan.notes)
        self.recordings: dict[str, Recording] = {one.name: one for one in found}
        self.tracks = plan_tracks(found, config.plan)
        self.rated = [one for one in self.tracks if one.part != "held-out"]
        self.held_out = [one for one in self.tracks if one.part == "held-out"]
        self.names = tuple(one.recording for one in self.rated)
        studied = [i for i, one in enumerate(self.rated) if one.part == "study"]
        self.studied = np.array(studied, np.int64)
        self.extra = np.setdiff1d(np.arange(len(self.rated)), self.studied)
        self.ratings: list[Rating] = []
        descriptors = Descriptors()
        self.networks = {
            "FFN": Network(lambda: FFN(descriptors), config.ffn),
            "DRN live": Network(lambda: DRN(config.drn_size), config.drn),
        }

    def listen(self) -> dict[str, Hearings]:
        """Run the listening experiment; leaves tracks.csv, ratings.csv and `ratings`."""
        write_tracks(self.tracks, self.results / "tracks.csv")
        listening = listen_to_all(
            self.tracks, list(self.recordings.values()), self.work / "heard", self.config.seconds
        )
        heard = {
            track.name: found
            for track, found in self._progress(listening, "Listening", len(self.tracks))
        }
        seed = self.config.plan.seed
        rated = {track.name: heard[track.name] for track in self.rated}
        write_ratings(rate_all(draw_raters(seed), rated, seed), self.results / "ratings.csv")
        self.ratings = read_ratings(self.results / "ratings.csv", {one.name for one in self.tracks})
        return heard

    def features(self) -> dict[str, Examples]:
        """The input of each network for the rated tracks, with their ratings."""
        wanted = intervals(self.ratings)
        seen = {}
        for name, network in self.networks.items():
            front, folder = network.make(), self.work / "features" / file_name(name)
            of_tracks = [
                track_features(
                    one, self.recordings[one.recording], front, folder, self.config.seconds
                )
                for one in self._progress(self.rated, f"Features, {name}", len(self.rated))
            ]
            seen[name] = examples(self.rated, of_tracks, wanted)
        return seen

    def search(self, seen: Mapping[str, Examples]) -> dict[str, FitSettings]:
        """Choose hyper-parameters, by tracks that no cross-validation tests.

        The paper tests each trial on ten tracks. With twenty of ours the results varied so much
        that the learning rate went to the end of its range.
        """
        size, seed = self.config.search_size, self.config.plan.seed
        splits = search_splits(self.names, self.extra, size, seed)
        chosen = {}
        for name, network in self.networks.items():
            chosen[name] = search(
                network.make,
                seen[name],
                splits,
                network.base,
                self.config.trials,
                self.results / "studies.sqlite3",
                name,
                seed,
            )
        return chosen

    def cross_validate(
        self, seen: Mapping[str, Examples], chosen: Mapping[str, FitSettings]
    ) -> list[Run]:
        """All runs of the baseline and of all networks."""
        splits = {
            seed: [
                split.with_extra(self.names, self.extra)
                for split in folds(self.names, self.studied, seed, self.config.folds)
            ]
            for seed in range(self.config.seeds)
        }
        by_track: dict[str, list[float]] = {}
        for one in self.ratings:
            if one.factor is not None:
                by_track.setdefault(one.track, []).append(one.factor)
        means = [float(np.mean(by_track[one.name])) for one in self.rated]
        candidates = {
            name: Candidate(network.make, seen[name], chosen[name])
            for name, network in self.networks.items()
        }
        runs = cross_validate(candidates, means, splits, self.results / "runs.jsonl")
        total = self.config.seeds * self.config.folds * (len(candidates) + 1)
        return list(self._progress(runs, "Cross-validation", total))

    def fit(
        self,
        seen: Mapping[str, Examples],
        chosen: Mapping[str, FitSettings],
        runs: Sequence[Run],
    ) -> list[Fitted]:
        """Fit each network to all rated tracks; leaves checkpoints.

        They hold weights, settings, licences of the tracks and the network's MSBE in `runs`.
        """
        licences = sorted(
            {one for track in self.rated for one in track.licence.split("+")} - {"own"}
        )
        fitted = []
        for name, network in self.networks.items():
            path = self.results / f"{file_name(name)}.pt"
            key = json.dumps(asdict(chosen[name]))
            kept = torch.load(path, weights_only=True) if path.exists() else {}
            if kept.get("settings") != key:
                model = fit(network.make, seen[name], chosen[name], self.config.plan.seed)
                torch.save(
                    {
                        "settings": key,
                        "weights": model.state_dict(),
                        "cross_validated_msbe": float(
                            np.mean([run.msbe for run in runs if run.predictor == name])
                        ),
                        "licences": json.dumps(licences),
                    },
                    path,
                )
            fitted.append(Fitted(name, network.make, path))
        return fitted


def file_name(network: str) -> str:
    """The name of a network's files: "drn-live" for "DRN live"."""
    return network.lower().replace(" ", "-")


def show_progress(steps: Iterable[Step], description: str, total: int) -> Iterable[Step]:
    """The steps, with a progress bar."""
    return progress_bar(steps, description, total=total)


def default_audio() -> Path | None:
    """The folder of recordings beside the repository, if it is there."""
    folder = ROOT.parent / "shared" / "audio"
    return folder if folder.exists() else None


def default_work(name: str) -> Path:
    """The work folder of a configuration of `CONFIGS`, in the repository's build folder."""
    return ROOT / "build" / f"predictor-study-{name}"


@click.command()
@click.option("--full", "name", flag_value="full", help="150 tracks, 5 × 5 runs: hours.")
@click.option("--quick", "name", flag_value="quick", default=True, help="Less of everything.")
@click.option("--audio", type=click.Path(path_type=Path), help="Folder with a MANIFEST.csv.")
@click.option("--work", type=click.Path(path_type=Path), help="What is kept between runs.")
def main(name: str, audio: Path | None, work: Path | None) -> None:
    """Train the predictors on the simulated listening experiment; leaves checkpoints."""
    torch.set_num_threads(1)
    try:
        study = Study(
            CONFIGS[name], audio or default_audio(), work or default_work(name), show_progress
        )
        study.listen()
        seen = study.features()
        chosen = study.search(seen)
        fitted = study.fit(seen, chosen, study.cross_validate(seen, chosen))
    except Error as error:
        raise click.ClickException(str(error)) from None
    for one in fitted:
        click.echo(f"wrote {one.checkpoint}")


if __name__ == "__main__":
    main()
