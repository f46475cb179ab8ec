"""How well predictors adapt.

    python -m tonecast.benchmarks.predictors.predictor_eval [--full] [--work FOLDER]

Runs the simulated listening experiment, searches hyper-parameters, cross-validates, fits the
predictors and plays held-out tracks with them; writes ADAPT.md and its pictures. All that takes
time is kept in the work folder, so a run that was stopped goes on where it was: what was heard and
what networks see for all settings together, searches, runs and checkpoints in a folder for each
setting. Delete it after a change to the experiment, the effect or a network's front.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import click
import numpy as np
import torch
from rich.progress import track as progress

from ...models.listening import recordings as material
from ...models.listening.experiment import Hearings, listen_to_all
from ...models.listening.raters import draw_raters, rate_all
from ...models.listening.ratings import intervals, mean_factor, read_ratings, write_ratings
from ...models.listening.recordings import Recording
from ...models.listening.tracks import Plan, Track, plan_tracks, write_tracks
from ...models.predictors.descriptors.descriptors import Descriptors
from ...models.predictors.drn import DRN, PRESETS, DRNSize
from ...models.predictors.ffn import FFN
from ...models.predictors.predictor import Predictor
from ...models.predictors.training.cross_validation import Candidate, Run, cross_validate
from ...models.predictors.training.examples import Examples, examples, track_features
from ...models.predictors.training.fit import FitSettings, fit
from ...models.predictors.training.search import search
from ...models.predictors.training.split import folds, search_splits
from ...models.release.attenuation import Shipped, export_attenuation
from ...plugin_core.errors import Error
from .. import machine
from . import pictures, tables
from .sound import Outcome, follow

KIND = "simulated"
AUDIO = machine.ROOT.parent / "shared" / "audio"
OUT_DIR = machine.ROOT / "benchmarks" / "results"


@dataclass(frozen=True)
class Setting:
    """How much of everything. The default is the full evaluation."""

    plan: Plan = field(default_factory=Plan)
    made_up: int = 560
    seconds: float = 6.0
    search_size: int = 100  # tracks that each of the search's splits tests
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


QUICK = Setting(
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


@dataclass(frozen=True)
class Network:
    """A kind of predictor: how it is made, and where fitting starts."""

    make: Callable[[], Predictor]
    base: FitSettings


class Adapt:
    """The steps of the evaluation, each from what the ones before have left in `work`."""

    def __init__(self, setting: Setting, audio: Path | None, work: Path) -> None:
        """Draw the tracks. Raise tonecast.Error."""
        self.setting, self.work = setting, work
        digest = hashlib.sha256(json.dumps(asdict(setting), sort_keys=True).encode()).hexdigest()
        self.results = work / digest[:8]
        self.results.mkdir(parents=True, exist_ok=True)
        found = material.find(audio, setting.made_up, setting.plan.notes)
        self.recordings: dict[str, Recording] = {one.name: one for one in found}
        self.tracks = plan_tracks(found, setting.plan)
        self.rated = [one for one in self.tracks if one.part != "held-out"]
        self.held_out = [one for one in self.tracks if one.part == "held-out"]
        self.names = tuple(one.recording for one in self.rated)
        studied = [i for i, one in enumerate(self.rated) if one.part == "study"]
        self.studied = np.array(studied, np.int64)
        self.extra = np.setdiff1d(np.arange(len(self.rated)), self.studied)
        descriptors = Descriptors()
        self.networks = {
            "FFN": Network(lambda: FFN(descriptors), setting.ffn),
            "DRN live": Network(lambda: DRN(setting.drn_size), setting.drn),
        }

    def listen(self) -> dict[str, Hearings]:
        """Run the experiment; leaves tracks.csv and ratings.csv."""
        write_tracks(self.tracks, self.results / "tracks.csv")
        listening = listen_to_all(
            self.tracks, list(self.recordings.values()), self.work / "heard", self.setting.seconds
        )
        heard = {
            track.name: found
            for track, found in progress(listening, "Listening", total=len(self.tracks))
        }
        seed = self.setting.plan.seed
        rated = {track.name: heard[track.name] for track in self.rated}
        write_ratings(rate_all(draw_raters(seed), rated, seed), self.results / "ratings.csv")
        self.ratings = read_ratings(self.results / "ratings.csv", {one.name for one in self.tracks})
        return heard

    def look(self) -> dict[str, Examples]:
        """Compute what each network sees of the rated tracks."""
        wanted = intervals(self.ratings)
        seen = {}
        for name, network in self.networks.items():
            front, folder = network.make(), self.work / "features" / _file_name(name)
            features = [
                track_features(
                    one, self.recordings[one.recording], front, folder, self.setting.seconds
                )
                for one in progress(self.rated, f"Features, {name}")
            ]
            seen[name] = examples(self.rated, features, wanted)
        return seen

    def search(self, seen: dict[str, Examples]) -> dict[str, FitSettings]:
        """Choose hyper-parameters, by tracks that no cross-validation tests.

        The paper tests each trial on ten tracks. Twenty of ours said so little that the learning
        rate went to the end of its range.
        """
        size, seed = self.setting.search_size, self.setting.plan.seed
        splits = search_splits(self.names, self.extra, size, seed)
        chosen = {}
        for name, network in self.networks.items():
            chosen[name] = search(
                network.make,
                seen[name],
                splits,
                network.base,
                self.setting.trials,
                self.results / "studies.sqlite3",
                name,
                seed,
            )
        return chosen

    def cross_validate(
        self, seen: dict[str, Examples], chosen: dict[str, FitSettings]
    ) -> list[Run]:
        """All runs of all predictors."""
        splits = {
            seed: [
                split.with_extra(self.names, self.extra)
                for split in folds(self.names, self.studied, seed, self.setting.folds)
            ]
            for seed in range(self.setting.seeds)
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
        total = self.setting.seeds * self.setting.folds * (len(candidates) + 1)
        return list(progress(runs, "Cross-validation", total=total))

    def fit(
        self, seen: dict[str, Examples], chosen: dict[str, FitSettings], runs: Sequence[Run]
    ) -> dict[str, Path]:
        """Fit what ships to all rated tracks; returns predictor files.

        They lie beside their checkpoints, which say how good `runs` have found such a network.
        """
        seed = self.setting.plan.seed
        licences = sorted(
            {one for track in self.rated for one in track.licence.split("+")} - {"own"}
        )
        fitted = {}
        for name, network in self.networks.items():
            called = _file_name(name)
            path = self.results / f"{called}.pt"
            key = json.dumps(asdict(chosen[name]))
            kept = torch.load(path, weights_only=True) if path.exists() else {}
            if kept.get("settings") != key:
                model = fit(network.make, seen[name], chosen[name], seed)
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
            fitted[name] = path.with_suffix(".onnx")
            shipped = Shipped(f"attenuation-{called}", name, path.name, network.make)
            export_attenuation(shipped, self.results, fitted[name])
        return fitted

    def play(self, fitted: dict[str, Path], heard: dict[str, Hearings]) -> list[Outcome]:
        """Play the held-out tracks with each predictor."""
        played = follow(fitted, self.held_out, self.recordings, heard, self.setting.seconds)
        return list(progress(played, "Held-out tracks", total=len(self.held_out)))


def _file_name(network: str) -> str:
    return network.lower().replace(" ", "-")


def run(setting: Setting, audio: Path | None, work: Path, out_dir: Path) -> Path:
    """Do everything; returns the report's path. Raise tonecast.Error."""
    adapt = Adapt(setting, audio, work)
    heard = adapt.listen()
    seen = adapt.look()
    chosen = adapt.search(seen)
    runs = adapt.cross_validate(seen, chosen)
    outcomes = adapt.play(adapt.fit(seen, chosen, runs), heard)

    out_dir.mkdir(parents=True, exist_ok=True)
    studied = {one.name for one in adapt.rated if one.part == "study"}
    of_study = [one for one in adapt.ratings if one.track in studied]
    pictures.draw_raters(of_study, KIND, out_dir / "adapt_raters.png")
    pictures.draw_msbe(tables.by_predictor(runs), KIND, out_dir / "adapt_msbe.png")
    pictures.draw_sound(outcomes, KIND, out_dir / "adapt_sound.png")
    report = out_dir / "ADAPT.md"
    report.write_text(
        "\n".join(
            [
                "# Predicting the attenuation factor\n",
                "Written by `python -m tonecast.benchmarks.predictors.predictor_eval`. **All "
                "ratings are simulated**: no person has listened.\nWhat the simulation assumes "
                "is said in `models/listening/experiment.py` and `raters.py`.\n",
                "## Listening\n",
                *tables.tracks_table(adapt.tracks),
                f"Mean of all ratings: {mean_factor(adapt.ratings):.3f}. The study's raters:\n",
                *tables.raters_table(of_study, KIND),
                "![Raters](adapt_raters.png)\n",
                "## Cross-validation\n",
                f"{setting.folds} folds, {setting.seeds} seeds; no recording is on two sides. "
                "Compare ratios only: the paper's scale is another.\n",
                *tables.settings_table(chosen, setting.trials, KIND),
                *tables.msbe_table(runs, adapt.rated, KIND),
                "![MSBE](adapt_msbe.png)\n",
                "## Sound\n",
                "Held-out tracks come from recordings that were never trained on. The engine plays "
                "them.\n",
                *tables.sound_table(outcomes, mean_factor(adapt.ratings), KIND),
                "\n![Distance to the clean version](adapt_sound.png)\n",
                f"*{date.today().isoformat()}, {machine.describe()}*\n",
            ]
        )
    )
    return report


@click.command()
@click.option("--full", "setting", flag_value="full", help="150 tracks, 5 × 5 runs: hours.")
@click.option("--quick", "setting", flag_value="quick", default=True, help="Less of everything.")
@click.option("--audio", type=click.Path(path_type=Path), help="Folder with a MANIFEST.csv.")
@click.option("--work", type=click.Path(path_type=Path), help="What is kept between runs.")
def main(setting: str, audio: Path | None, work: Path | None) -> None:
    """Evaluate predictors on the simulated listening experiment."""
    torch.set_num_threads(1)
    chosen = Setting() if setting == "full" else QUICK
    if audio is None and AUDIO.exists():
        audio = AUDIO
    try:
        report = run(chosen, audio, work or machine.ROOT / "build" / f"adapt-{setting}", OUT_DIR)
    except Error as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"wrote {report}")


__all__ = ["QUICK", "Adapt", "Setting", "Track", "run"]

if __name__ == "__main__":
    main()
