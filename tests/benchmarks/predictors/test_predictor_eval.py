"""The whole evaluation in a tiny setting: it runs, says what is simulated, and can be repeated."""

import dataclasses
from pathlib import Path

import pytest
from tonecast.benchmarks.predictors import predictor_eval
from tonecast.models.listening.tracks import Plan
from tonecast.models.predictors.drn import PRESETS
from tonecast.models.predictors.training.fit import FitSettings
from tonecast.models.predictors.training.study import StudyConfig

TINY = StudyConfig(
    plan=Plan(study=12, held_out=4, extra=8),
    made_up=24,
    seconds=2.0,
    search_size=2,
    trials=2,
    folds=2,
    seeds=2,
    drn=FitSettings(batch=8, steps=4),
    ffn=FitSettings(batch=8, steps=4),
    drn_size=dataclasses.replace(PRESETS["live"], channels=(8,) * 4),
)


@pytest.mark.slow
def test_one_command_makes_tables_and_pictures(tmp_path: Path) -> None:
    report = predictor_eval.run(TINY, None, tmp_path / "work", tmp_path / "out")
    first = report.read_text()
    again = predictor_eval.run(TINY, None, tmp_path / "work", tmp_path / "out").read_text()
    assert again == first
    pictures = {path.name for path in (tmp_path / "out").glob("*.png")}
    assert pictures == {f"predictor_eval_{name}.png" for name in ("raters", "msbe", "sound")}
    assert all(f"]({name})" in first for name in pictures)
    for heading in ("| rater (simulated)", "(simulated ratings)", "from simulated ratings)"):
        assert heading in first
    assert "F(2, 6)" in first  # three predictors in 2 × 2 runs
    assert len(list((tmp_path / "work").glob("*/ffn.pt"))) == 1
    assert len(list((tmp_path / "work").glob("*/drn-live.pt"))) == 1
