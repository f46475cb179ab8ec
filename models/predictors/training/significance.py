"""Whether predictors differ: repeated-measures ANOVA, Tukey's test, Cohen's d."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import tukey_hsd
from statsmodels.stats.anova import AnovaRM

Scores = Mapping[str, Sequence[float]]  # of each predictor, in the same runs


@dataclass(frozen=True)
class Anova:
    """F with its degrees of freedom, and p."""

    f: float
    between: int
    within: int
    p: float


def repeated_measures(scores: Scores) -> Anova:
    """Within-run effect of the predictor; a run is one fold with one seed."""
    rows = [
        {"run": run, "predictor": name, "msbe": score}
        for name, of_runs in scores.items()
        for run, score in enumerate(of_runs)
    ]
    found = AnovaRM(pd.DataFrame(rows), "msbe", "run", within=["predictor"]).fit().anova_table
    row = found.loc["predictor"]
    return Anova(
        float(row["F Value"]), int(row["Num DF"]), int(row["Den DF"]), float(row["Pr > F"])
    )


def tukey(scores: Scores) -> dict[tuple[str, str], float]:
    """P of each pair of predictors (Tukey's honestly significant difference)."""
    names = list(scores)
    p = tukey_hsd(*scores.values()).pvalue
    return {
        (names[i], names[j]): float(p[i, j])
        for i in range(len(names))
        for j in range(i + 1, len(names))
    }


def cohens_d(worse: Sequence[float], better: Sequence[float]) -> float:
    """Difference of the means in units of the pooled standard deviation."""
    pooled = np.sqrt((np.var(worse, ddof=1) + np.var(better, ddof=1)) / 2)
    return float((np.mean(worse) - np.mean(better)) / pooled)
