"""`tonecast train --ratings`: a predictor from a listening study that has been held."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import click

from ...plugin_core.errors import Error


def train_ratings(
    study: Path,
    kind: Literal["drn", "ffn"],
    name: str,
    out: Path,
    without: tuple[str, ...],
    simulated_weight: float,
) -> None:
    """Cross-validate, fit, and write OUT/NAME.onnx with its card, OUT/NAME.md."""
    if find_spec("statsmodels") is None or find_spec("pyloudnorm") is None:
        raise Error(
            "training on ratings needs more packages; run \"pip install 'tonecast[adapt,listen]'\""
        )
    from ..predictors.training.rated_study import RatedStudy, read_rated
    from ..release.rated_predictor import export_rated, write_card
    from ..training.progress import make_folder

    rated = read_rated(study, without, simulated_weight)
    make_folder(out)
    rated_study = RatedStudy(rated, kind, out)
    click.echo(f"Learning from {rated.describe()} …", err=True)
    seen = rated_study.examples()
    runs = rated_study.cross_validate(seen)
    path = export_rated(rated_study, seen, runs, name)
    print(write_card(rated_study, runs, name))
    print(path)
