"""Objective, splits and statistics against what is known."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import f as f_distribution
from tonecast import Error
from tonecast.models.predictors.drn import DRN, DRNSize
from tonecast.models.predictors.training import cross_validation
from tonecast.models.predictors.training.cross_validation import Candidate, cross_validate
from tonecast.models.predictors.training.examples import Examples
from tonecast.models.predictors.training.fit import FitSettings, fit, msbe, predict
from tonecast.models.predictors.training.objective import squared_miss
from tonecast.models.predictors.training.search import search
from tonecast.models.predictors.training.significance import cohens_d, repeated_measures, tukey
from tonecast.models.predictors.training.split import folds, search_splits

RECORDINGS = tuple(f"recording {i}" for i in range(12) for _ in range(1 + i % 4))
EVERYTHING = np.arange(len(RECORDINGS))


def test_misses_of_the_interval_alone_count_squared() -> None:
    predicted = torch.tensor([0.1, 0.3, 0.5, 0.9])
    missed = squared_miss(predicted, torch.tensor(0.2), torch.tensor(0.5))
    assert missed.tolist() == pytest.approx([0.01, 0, 0, 0.16])


def test_recordings_are_on_one_side_each() -> None:
    splits = folds(RECORDINGS, EVERYTHING, seed=1)
    all_tested = np.sort(np.concatenate([split.test for split in splits]))
    assert all_tested.tolist() == EVERYTHING.tolist()
    searched = search_splits(RECORDINGS, EVERYTHING, size=4, seed=1)
    assert not set(searched[0].test) & set(searched[1].test)
    for split in (*splits, *searched):
        tested, trained = ({RECORDINGS[i] for i in side} for side in (split.test, split.training))
        assert not tested & trained
        assert len(split.test) + len(split.training) == len(RECORDINGS)
    assert all(len(split.test) == 4 for split in searched)
    sizes = [len(split.test) for split in splits]
    assert max(sizes) - min(sizes) <= 4


def test_extra_tracks_of_tested_recordings_are_not_trained_on() -> None:
    names = (*RECORDINGS, *RECORDINGS)
    extra = EVERYTHING + len(RECORDINGS)
    for split in folds(RECORDINGS, EVERYTHING, seed=2):
        larger = split.with_extra(names, extra)
        trained = {names[i] for i in larger.training}
        assert len(larger.training) == 2 * len(split.training)
        assert trained.isdisjoint(names[i] for i in larger.test)


def test_too_few_recordings_are_refused() -> None:
    with pytest.raises(Error, match="2 recordings cannot be split into 5 folds"):
        folds(["a", "a", "b"], np.arange(3), 0)
    with pytest.raises(Error, match="do not add up to 4 tracks"):
        search_splits(["a"] * 3 + ["b"] * 3, np.arange(6), 4, 0)


def test_anova_of_a_worked_example() -> None:
    """Differences by hand: sums of squares of subjects, treatments and what is left."""
    scores = {"a": [5.0, 6, 7, 9], "b": [4.0, 6, 6, 7], "c": [2.0, 3, 5, 4]}
    x = np.array(list(scores.values()))
    treatments = 4 * np.sum((x.mean(axis=1) - x.mean()) ** 2)
    subjects = 3 * np.sum((x.mean(axis=0) - x.mean()) ** 2)
    rest = np.sum((x - x.mean()) ** 2) - treatments - subjects
    expected = (treatments / 2) / (rest / 6)
    found = repeated_measures(scores)
    assert found.f == pytest.approx(expected)
    assert (found.between, found.within) == (2, 6)
    assert found.p == pytest.approx(f_distribution.sf(expected, 2, 6))
    assert set(tukey(scores)) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert cohens_d([2.0, 4, 6], [1.0, 3, 5]) == pytest.approx(0.5)


def tiny() -> DRN:
    """A network that looks at the samples: features are audio [2, 11025]."""
    return DRN(DRNSize(channels=(4,), pool=1102))


def loud_and_soft(tracks: int) -> Examples:
    """Tracks whose loudness says what raters want."""
    generator = torch.Generator().manual_seed(1)
    level = torch.arange(tracks) / tracks
    noise = torch.randn(tracks, 3, 2, 11_025, generator=generator)
    return Examples(
        noise * (0.05 + level)[:, None, None, None],
        level,
        level + 0.05,
        tuple(f"recording {i}" for i in range(tracks)),
    )


def test_network_learns_what_is_there_to_learn_and_the_seed_decides() -> None:
    rated = loud_and_soft(24)
    training, other_tracks = rated.select(range(0, 24, 2)), rated.select(range(1, 24, 2))
    settings = FitSettings(learning_rate=0.03, batch=16, steps=40)
    model = fit(tiny, training, settings, seed=1)
    constant = msbe(torch.full((1, 1), 0.5), other_tracks).mean()
    assert msbe(predict(model, other_tracks), other_tracks).mean() < 0.5 * constant
    short = FitSettings(steps=3, batch=8)
    one, same, other = (
        predict(fit(tiny, training, short, seed), other_tracks) for seed in (1, 1, 2)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_cross_validation_that_was_stopped_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rated = loud_and_soft(12)
    settings = FitSettings(steps=2, batch=8)
    splits = {0: folds(rated.recordings, np.arange(12), 0, count=2)}
    means = [float(value) for value in rated.low]
    candidates = {"tiny": Candidate(tiny, rated, settings)}

    def score() -> list[tuple[str, float]]:
        runs = cross_validate(candidates, means, splits, tmp_path / "runs.jsonl")
        return [(run.predictor, run.msbe) for run in runs]

    first = score()
    assert [name for name, _ in first] == ["tiny", "baseline"] * 2
    split = splits[0][0]
    known = np.mean([means[i] for i in split.training])
    test = rated.select(split.test)
    assert first[1][1] == pytest.approx(float(msbe(torch.full((1, 1), known), test).mean()))

    def refuse(*_: object) -> float:
        raise AssertionError("done before")

    monkeypatch.setattr(cross_validation, "_score", refuse)
    assert score() == first


def test_search_goes_on_where_it_was(tmp_path: Path) -> None:
    rated = loud_and_soft(12)
    splits = search_splits(rated.recordings, np.arange(12), 2, 0)
    base = FitSettings(steps=2, batch=8)

    def look(trials: int) -> FitSettings:
        return search(tiny, rated, splits, base, trials, tmp_path / "s.sqlite3", "tiny", seed=0)

    first = look(3)
    assert first.steps == 2
    again = look(3)
    assert again == first
