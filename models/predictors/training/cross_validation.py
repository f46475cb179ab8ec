"""Cross-validation as in the paper: five folds, five seeds, a baseline and networks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from ..predictor import Predictor
from .examples import Examples
from .fit import FitSettings, fit, msbe, predict
from .split import FoldSplit

BASELINE = "baseline"


@dataclass(frozen=True)
class Candidate:
    """A network, what it sees of all tracks, and how it is fitted."""

    make: Callable[[], Predictor]
    examples: Examples
    settings: FitSettings


@dataclass(frozen=True)
class Run:
    """MSBE of the test tracks of one fold with one seed; tracks by number."""

    predictor: str
    seed: int
    fold: int
    tracks: tuple[int, ...]
    track_msbe: tuple[float, ...]

    @property
    def msbe(self) -> float:
        """The mean over the tracks."""
        return sum(self.track_msbe) / len(self.track_msbe)


def cross_validate(
    candidates: Mapping[str, Candidate],
    mean_factors: Sequence[float],
    splits: Mapping[int, Sequence[FoldSplit]],
    log: Path,
) -> Iterator[Run]:
    """Yield all runs: baseline and candidates on each seed's folds.

    `mean_factors` [tracks] are the means of each track's ratings; the baseline predicts their mean
    over all tracks that are not tested. Runs of networks are kept in `log`, a line of JSON each, so
    that a run done is not done again. Seeds differ in folds and in weights.
    """
    done = _read(log)
    for seed, folds in splits.items():
        for fold, split in enumerate(folds):
            tested = tuple(int(i) for i in split.test)
            for name, candidate in candidates.items():
                key = (name, seed, fold, *asdict(candidate.settings).values())
                if key not in done:
                    done[key] = _score(candidate, split, seed)
                    with log.open("a") as file:
                        file.write(json.dumps([list(key), done[key]]) + "\n")
                yield Run(name, seed, fold, tested, done[key])
            known = [mean_factors[i] for i in split.training]
            test = next(iter(candidates.values())).examples.select(split.test)
            mean = torch.full((1, 1), sum(known) / len(known))
            yield Run(BASELINE, seed, fold, tested, tuple(msbe(mean, test).tolist()))


def _score(candidate: Candidate, split: FoldSplit, seed: int) -> tuple[float, ...]:
    training, test = (candidate.examples.select(side) for side in (split.training, split.test))
    model = fit(candidate.make, training, candidate.settings, seed)
    return tuple(msbe(predict(model, test), test).tolist())


def _read(log: Path) -> dict[tuple[object, ...], tuple[float, ...]]:
    if not log.exists():
        return {}
    lines = (json.loads(line) for line in log.read_text().splitlines())
    return {tuple(key): tuple(scores) for key, scores in lines}
