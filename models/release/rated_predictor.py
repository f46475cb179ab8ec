"""The predictor file of a listening study, and its card: `tonecast train --ratings`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...plugin_core.atomic_write import atomic_write
from ...plugin_core.errors import Error
from ..listening.ratings import MIN_RATINGS
from ..listening.results.report import escape
from ..listening.results.tables import raters_table
from ..predictors.training.cross_validation import Run
from ..predictors.training.examples import Examples
from ..predictors.training.rated_study import RatedStudy
from ..predictors.training.tables import msbe_table
from .attenuation import Shipped, export_attenuation


def export_rated(study: RatedStudy, seen: Examples, runs: Sequence[Run], name: str) -> Path:
    """Fit to all tracks and write NAME.onnx to the study's `out`. Raise tonecast.Error."""
    checkpoint = study.fit(seen, runs, f"{name}.pt")
    label = f"Attenuation, {study.kind.upper()}"
    shipped = Shipped(name, label, checkpoint.name, study.network.make)
    path = study.out / f"{name}.onnx"
    export_attenuation(shipped, study.out, path, study.rated.describe())
    return path


def write_card(study: RatedStudy, runs: Sequence[Run], name: str) -> Path:
    """Write NAME.md: the ratings, the cross-validation and its tests. Raise tonecast.Error."""
    rated = study.rated
    mixed = rated.simulated_weight > 0
    kind = f"human and simulated × {rated.simulated_weight:g}" if mixed else "human"
    settings = study.settings
    lines = [
        f"# {escape(name)}\n",
        f"A {study.kind.upper()} predictor of the attenuation factor, from {rated.describe()}. "
        f"{rated.left_out} tracks with fewer than {MIN_RATINGS} ratings were left out.\n",
        "## Ratings\n",
        *raters_table([one for one in rated.rated if one.kind == "human"], "human"),
        "## Cross-validation\n",
        f"{study.folds} folds with whole recordings, {study.seeds} seeds; the hyper-parameters are "
        f"those of the shipped predictors' search at its start ({settings.steps} steps of "
        f"{settings.batch} windows). Compare ratios only: the paper's scale is another.\n",
        *msbe_table(runs, [one.recording for one in rated.tracks], kind),
    ]
    path = study.out / f"{name}.md"
    try:
        with atomic_write(path) as draft:
            draft.write_text("\n".join(lines), encoding="utf-8")
    except OSError as error:
        raise Error(f"{path}: cannot be written: {error.strerror}") from None
    return path
