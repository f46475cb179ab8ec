"""Bayesian search of hyper-parameters with a Gaussian process, kept in a file.

Several processes may work on one study, and a study that was stopped goes on: trials live in an
SQLite file. The paper takes the upper confidence bound to choose the next trial; Optuna's Gaussian
process offers the logarithm of the expected improvement (Ament et al. 2023) instead.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import optuna
from optuna.trial import TrialState

from ..predictor import Predictor
from .examples import Examples
from .fit import FitSettings, fit, msbe, predict
from .split import FoldSplit

LEARNING_RATE = (5e-4, 5e-3)
WEIGHT_DECAY = (1e-4, 1.0)
AUGMENTATION = (0.0, 1.0)


def search(
    make: Callable[[], Predictor],
    examples: Examples,
    splits: Sequence[FoldSplit],
    base: FitSettings,
    trials: int,
    storage: Path,
    name: str,
    seed: int,
) -> FitSettings:
    """Return the settings with the lowest mean MSBE on the splits' test tracks.

    `trials` counts all trials of the study, those of earlier runs and of other processes included.
    The first one is `base`.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.GPSampler(seed=seed, n_startup_trials=max(2, trials // 3))
    study = optuna.create_study(
        storage=f"sqlite:///{storage}", study_name=name, sampler=sampler, load_if_exists=True
    )

    study.enqueue_trial(
        {name: getattr(base, name) for name in ("learning_rate", "weight_decay", "augmentation")},
        skip_if_exists=True,
    )

    def objective(trial: optuna.Trial) -> float:
        settings = _suggest(trial, base)
        scores = []
        for split in splits:
            training, test = (examples.select(side) for side in (split.training, split.test))
            model = fit(make, training, settings, seed)
            scores.append(float(msbe(predict(model, test), test).mean()))
        return sum(scores) / len(scores)

    while len(study.get_trials(states=(TrialState.COMPLETE,))) < trials:
        study.optimize(objective, n_trials=1)
    return _suggest(optuna.trial.FixedTrial(study.best_params), base)


def _suggest(trial: optuna.trial.BaseTrial, base: FitSettings) -> FitSettings:
    return FitSettings(
        learning_rate=trial.suggest_float("learning_rate", *LEARNING_RATE, log=True),
        weight_decay=trial.suggest_float("weight_decay", *WEIGHT_DECAY, log=True),
        augmentation=trial.suggest_float("augmentation", *AUGMENTATION),
        batch=base.batch,
        steps=base.steps,
    )
