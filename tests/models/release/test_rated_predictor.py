"""`tonecast train --ratings`: what people chose becomes a predictor file with its card."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from tonecast import Error
from tonecast.models.listening.answers.answer import Answer
from tonecast.models.listening.answers.database import Database
from tonecast.models.listening.answers.raters import Raters
from tonecast.models.listening.answers.store import Answers
from tonecast.models.listening.ratings import Interval, Rating, intervals, weighted_intervals
from tonecast.models.listening.study.config import StudyConfig
from tonecast.models.listening.study.flac import write_sound
from tonecast.models.listening.study.study import FORMAT, Study, StudyTrack, write_study
from tonecast.models.predictors.training import rated_study
from tonecast.models.predictors.training.fit import FitSettings
from tonecast.models.predictors.training.rated_study import RatedStudy, read_rated
from tonecast.plugin_core import cli
from tonecast.plugin_core.effect_files.catalog import find_effect

RATE_HZ = 44_100
TRACKS = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of sines in noise: the higher the sine, the more its six raters take away."""
    folder = tmp_path_factory.mktemp("study")
    rng = np.random.default_rng(1)
    time_s = np.arange(RATE_HZ) / RATE_HZ
    tracks = []
    for i in range(TRACKS):
        audio = 0.1 * np.sin(2 * np.pi * 200 * 2**i * time_s) + 0.05 * rng.standard_normal(RATE_HZ)
        sound = write_sound(np.asarray(audio[None], np.float32), folder, f"audio/{i}.flac", 16)
        tracks.append(StudyTrack(f"t{i:03d}", f"{i}.wav", "", 0.0, 0.0, -23.0, (sound,) * 17))
    noise = tracks[0].sounds[0]
    config = StudyConfig("sines", recordings="x", repeat_share=0.2)
    study = Study(FORMAT, config, RATE_HZ, "resonance-eq", "", noise, tuple(tracks))
    write_study(study, folder)
    database = Database(folder / "answers.sqlite3")
    raters, answers = Raters(database, study), Answers(database)
    for number in range(9):
        kind = "human" if number < 6 else "simulated"
        rater = raters.by_key(raters.join(f"{kind}-{number}", "en", kind))
        assert rater is not None
        for place, one in enumerate(raters.order(rater)):
            if (number, one.track) in ((0, "t005"), (1, "t005")):
                continue  # only four of the people rate it
            step = 2 * int(one.track[1:]) + number % 2 + (4 if kind == "simulated" else 0)
            sent_as = f"{number:016d}{place:016d}"
            answers.give(rater, Answer(sent_as, place, step, "", 4, 1, (1.0,) * 17, 17.0, True))
    database.close()
    return folder


def test_ratings_are_those_of_people_with_enough_of_them(folder: Path) -> None:
    rated = read_rated(folder)
    assert [one.id for one in rated.tracks] == [f"t{i:03d}" for i in range(TRACKS - 1)]
    assert rated.left_out == 1
    assert {one.kind for one in rated.rated} == {"human"}
    assert rated.describe() == "ratings of 6 people on 5 tracks of the study sines"
    with pytest.raises(Error, match="no track has 5 ratings yet"):
        read_rated(folder, ["human-2", "human-3"])


def test_simulated_raters_count_as_much_as_is_said(folder: Path) -> None:
    rated = read_rated(folder, (), 0.25)
    assert "3 SIMULATED raters, each counting 0.25" in rated.describe()
    assert sum(one.kind == "simulated" for one in rated.rated) == 3 * 5


def test_weights_move_the_interval_and_equal_ones_do_not() -> None:
    rng = np.random.default_rng(2)
    factors = rng.integers(0, 17, 15) / 16
    people = [Rating("t", f"r{i}", float(one), "human") for i, one in enumerate(factors)]
    alone = weighted_intervals(people, {"human": 1.0, "simulated": 0.0})
    assert alone["t"] == pytest.approx(intervals(people)["t"])
    others = [Rating("t", f"s{i}", 1.0, "simulated") for i in range(15)]
    mixed = [
        weighted_intervals([*people, *others], {"human": 1.0, "simulated": weight})["t"]
        for weight in (0.0, 0.3, 1.0)
    ]
    assert mixed[0] == alone["t"]
    assert mixed[0].high < mixed[1].high <= mixed[2].high == 1.0
    assert weighted_intervals(people[:1], {"human": 1.0})["t"] == Interval(factors[0], factors[0])


def test_command_writes_a_predictor_that_says_whom_it_learned_from(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    short = FitSettings(steps=5, batch=8)
    original = RatedStudy.__init__

    def quick(self: RatedStudy, *arguments: object) -> None:
        original(self, *arguments, seeds=2, folds=2)  # type: ignore[arg-type]
        self.settings = short

    monkeypatch.setattr(rated_study.RatedStudy, "__init__", quick)
    arguments = ["train", "--ratings", folder, "--name", "my-taste", "--out", tmp_path]
    monkeypatch.setattr(sys, "argv", ["tonecast", *map(str, arguments)])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert not exit_.value.code
    card, file = map(Path, capsys.readouterr().out.split())
    contract = find_effect(str(file)).contract
    assert contract.kind == "predictor"
    assert contract.provenance.data == "ratings of 6 people on 5 tracks of the study sines"
    assert contract.provenance.losses["cross_validated_msbe"] > 0
    text = card.read_text()
    assert "| DRN |" in text
    assert "| baseline |" in text
    assert "Repeated-measures ANOVA" in text
    assert "1 tracks with fewer than 5 ratings were left out" in text
    assert "SIMULATED" not in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--ratings", "study"], "give --ratings STUDY with --name"),
        (["--ratings", "study", "--name", "x", "--dry", "a.wav"], "and no CONFIG or recordings"),
        (["--ratings", "nowhere", "--name", "x"], "is no study"),
    ],
)
def test_command_says_what_is_wrong(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["tonecast", "train", *arguments])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert exit_.value.code == 2
    assert said in capsys.readouterr().err
