"""Evaluation of the predictors: ratings, cross-validation, and held-out tracks.

    python -m tonecast.benchmarks.predictors.predictor_eval [--full] [--work FOLDER]

Trains the predictors as `tonecast.models.predictors.training.study` does, exports them, and plays
held-out tracks with them; writes results/PREDICTOR_EVAL.md and its plots. A run that was stopped
resumes from the work folder, which the two share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import click
import torch

from ...models.listening.experiment import Hearings
from ...models.listening.ratings import mean_factor
from ...models.listening.results.pictures import draw_raters
from ...models.listening.results.tables import raters_table
from ...models.predictors.training.study import (
    CONFIGS,
    Fitted,
    Study,
    StudyConfig,
    default_audio,
    default_work,
    file_name,
    show_progress,
)
from ...models.predictors.training.tables import by_predictor, msbe_table
from ...models.release.attenuation import Shipped, export_attenuation
from ...plugin_core.errors import Error
from .. import machine
from . import pictures, tables
from .sound import Outcome, follow

KIND = "simulated"
OUT_DIR = machine.ROOT / "benchmarks" / "results"


def export(fitted: Sequence[Fitted]) -> dict[str, Path]:
    """Write predictor files beside the checkpoints; returns them by network."""
    files = {}
    for one in fitted:
        shipped = Shipped(
            f"attenuation-{file_name(one.name)}", one.name, one.checkpoint.name, one.make
        )
        files[one.name] = one.checkpoint.with_suffix(".onnx")
        export_attenuation(shipped, one.checkpoint.parent, files[one.name])
    return files


def play(study: Study, predictors: dict[str, Path], heard: Mapping[str, Hearings]) -> list[Outcome]:
    """Play the held-out tracks with each predictor."""
    played = follow(predictors, study.held_out, study.recordings, dict(heard), study.config.seconds)
    return list(show_progress(played, "Held-out tracks", len(study.held_out)))


def run(config: StudyConfig, audio: Path | None, work: Path, out_dir: Path) -> Path:
    """Train, export, play and write the report; returns its path. Raise tonecast.Error."""
    study = Study(config, audio, work, show_progress)
    heard = study.listen()
    seen = study.features()
    chosen = study.search(seen)
    runs = study.cross_validate(seen, chosen)
    outcomes = play(study, export(study.fit(seen, chosen, runs)), heard)

    out_dir.mkdir(parents=True, exist_ok=True)
    studied = {one.name for one in study.rated if one.part == "study"}
    of_study = [one for one in study.ratings if one.track in studied]
    draw_raters(of_study, KIND, out_dir / "predictor_eval_raters.png")
    pictures.draw_msbe(by_predictor(runs), KIND, out_dir / "predictor_eval_msbe.png")
    pictures.draw_sound(outcomes, KIND, out_dir / "predictor_eval_sound.png")
    report = out_dir / "PREDICTOR_EVAL.md"
    report.write_text(
        "\n".join(
            [
                "# Predicting the attenuation factor\n",
                "Written by `python -m tonecast.benchmarks.predictors.predictor_eval`. **All "
                "ratings are simulated**: no person has listened.\nThe assumptions of the "
                "simulation are listed in `models/listening/experiment.py` and `raters.py`.\n",
                "## Listening\n",
                *tables.tracks_table(study.tracks),
                f"Mean of all ratings: {mean_factor(study.ratings):.3f}. The study's raters:\n",
                *raters_table(of_study, KIND),
                "![Raters](predictor_eval_raters.png)\n",
                "## Cross-validation\n",
                f"{config.folds} folds, {config.seeds} seeds; no recording is on two sides. "
                "Compare ratios only: the paper's scale is another.\n",
                *tables.settings_table(chosen, config.trials, KIND),
                *msbe_table(runs, study.names, KIND),
                "![MSBE](predictor_eval_msbe.png)\n",
                "## Sound\n",
                "Held-out tracks come from recordings that were never trained on. The engine plays "
                "them.\n",
                *tables.sound_table(outcomes, mean_factor(study.ratings), KIND),
                "\n![Distance to the clean version](predictor_eval_sound.png)\n",
                f"*{date.today().isoformat()}, {machine.describe()}*\n",
            ]
        )
    )
    return report


@click.command()
@click.option("--full", "name", flag_value="full", help="150 tracks, 5 × 5 runs: hours.")
@click.option("--quick", "name", flag_value="quick", default=True, help="Less of everything.")
@click.option("--audio", type=click.Path(path_type=Path), help="Folder with a MANIFEST.csv.")
@click.option("--work", type=click.Path(path_type=Path), help="What is kept between runs.")
def main(name: str, audio: Path | None, work: Path | None) -> None:
    """Evaluate predictors on the simulated listening experiment."""
    torch.set_num_threads(1)
    audio, work = audio or default_audio(), work or default_work(name)
    try:
        report = run(CONFIGS[name], audio, work, OUT_DIR)
    except Error as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"wrote {report}")


if __name__ == "__main__":
    main()
