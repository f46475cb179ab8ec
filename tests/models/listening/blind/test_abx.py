"""An ABX study from a dry/wet pair: equally loud, drawn fairly, ended by what is known."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from made_study import RATE_HZ, write_phrase
from study_server import Client, Served, an_answer, serving
from tonecast import Effect, Error
from tonecast.models.listening.answers.order import Position
from tonecast.models.listening.blind.make import BlindTestMaker
from tonecast.models.listening.blind.report import fisher
from tonecast.models.listening.blind.sequential import MAX_TRIALS
from tonecast.models.listening.blind.trials import draw_trials, effect_of, is_right
from tonecast.models.listening.study.flac import read_sound
from tonecast.models.listening.study.loudness import loudness_lufs
from tonecast.models.listening.study.study import read_study
from tonecast.plugin_core import cli
from tonecast.plugin_core.audio_files.files import open_audio, whole_file


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A phrase, and what the resonance equalizer makes of it, late and half as loud."""
    folder = tmp_path_factory.mktemp("pair")
    dry = write_phrase(folder / "dry.wav", 12.0)
    with open_audio(dry) as reader:
        sound = np.asarray(reader.read(reader.frames), np.float32)
    wet = 0.5 * Effect("resonance-eq", attenuation=0.9).process_planar(sound, RATE_HZ)
    with whole_file(folder / "wet.wav", RATE_HZ, 1, 24) as sink:
        sink.write(np.concatenate([np.zeros((1, 500), np.float32), wet], axis=1)[:, : wet.shape[1]])
    return dry, folder / "wet.wav"


@pytest.fixture(scope="module")
def folder(pair: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("abx") / "made"
    list(BlindTestMaker(pair, ["resonance-eq"], folder, "made", 3, 3.0).make())
    return folder


def test_versions_are_equally_loud_and_aligned(folder: Path) -> None:
    study = read_study(folder)
    assert study.labels == ("wet.wav", "resonance-eq")
    assert len(study.tracks) == 3
    for track in study.tracks:
        reference, effect = (read_sound(folder, one) for one in track.sounds)
        loudness = [loudness_lufs(one, RATE_HZ) for one in (reference, effect)]
        assert loudness == pytest.approx([track.loudness_lufs] * 2, abs=0.02)
        lags = np.arange(-50, 51)
        inside = slice(RATE_HZ, 2 * RATE_HZ)
        match = [np.dot(reference[0, inside], np.roll(effect[0], lag)[inside]) for lag in lags]
        assert abs(int(lags[np.argmax(match)])) <= 1


def test_trials_are_drawn_fairly() -> None:
    trials = [one for rater in range(30) for one in draw_trials(["t0", "t1", "t2"], 2, 7, rater)]
    assert len(trials) == 30 * 2 * MAX_TRIALS
    for effect in (1, 2):
        of_effect = [one for one in trials if effect_of(one.slots) == effect]
        assert len(of_effect) == 30 * MAX_TRIALS
        assert all(sorted(one.slots[:2]) == [0, effect] for one in of_effect)
        for share in (
            np.mean([one.slots[0] == 0 for one in of_effect]),
            np.mean([is_right(one.slots, 0) for one in of_effect]),
            np.mean([one.slots[2] == 0 for one in of_effect]),
        ):
            assert abs(share - 0.5) < 0.05  # of 1200: three standard deviations
        counts = np.unique([one.track for one in of_effect], return_counts=True)[1]
        assert counts.min() >= 30 * (MAX_TRIALS // 3)
    first = [effect_of(draw_trials(["t0"], 2, 7, rater)[0].slots) for rater in range(200)]
    assert 70 < sum(one == 1 for one in first) < 130


def test_position_knows_what_is_right() -> None:
    assert is_right((0, 1, 1), 1)
    assert not is_right((0, 1, 1), 0)
    assert is_right(Position("t", False, 2, (1, 0, 1)).slots, 0)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Served]:
    with serving(folder) as server:
        yield server


def hear(client: Client, position: int) -> int:
    """Which of A and B is X, from the sounds: what a rater with perfect ears would say."""
    a, b, x = (client("GET", f"/api/sounds/{position}/{slot}").body for slot in range(3))
    assert (a == x) != (b == x)
    return 0 if a == x else 1


def take_part(client: Client, is_right: bool) -> int:
    """Answer until no trial is open; returns how many it took."""
    session = client.session()
    open_ = [i for i in range(len(session["positions"])) if i not in session["closed"]]
    count = 0
    while open_:
        step = hear(client, open_[0])
        values = an_answer(open_[0], step if is_right else 1 - step, step_seconds=[1.0] * 3)
        reply = client("POST", "/api/answers", values)
        assert reply.status == 200, reply.body
        count += 1
        open_ = [i for i in open_[1:] if i not in reply.json["closed"]]
    return count


def test_test_ends_when_enough_is_known(
    server: Served, folder: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    sharp = server.client().join("sharp")
    assert take_part(sharp, True) == 8
    assert len(sharp.session()["closed"]) == MAX_TRIALS - 8
    assert take_part(server.client().join("deaf"), False) == 5  # less often right than by guessing
    monkeypatch.setattr(sys, "argv", ["tonecast", "listen", "report", str(folder)])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert not exit_.value.code
    text = Path(capsys.readouterr().out.strip()).read_text()
    assert "## resonance\\-eq" in text
    assert "| sharp | 8 of 8 | heard | 0.0039 | 1.00 (0.63 … 1.00) |" in text
    assert "| deaf | 0 of 5 | not heard | 1 |" in text
    monkeypatch.setattr(sys, "argv", ["tonecast", "listen", "export", str(folder)])
    with pytest.raises(SystemExit):
        cli.main()
    assert "is a blind test and has no ratings" in capsys.readouterr().err


def test_answer_to_a_trial_is_final(server: Served) -> None:
    ann = server.client().join("final")
    for step in (0, 1):
        assert ann("POST", "/api/answers", an_answer(0, step, step_seconds=[1.0] * 3)).status == 200
    assert ann.session()["answers"]["0"]["step"] == 0
    for step in (None, 2):
        reply = ann("POST", "/api/answers", an_answer(1, step, step_seconds=[1.0] * 3))
        assert reply.status == 400


def test_fisher_joins_what_is_independent() -> None:
    assert fisher([0.03]) == pytest.approx(0.03)
    assert fisher([0.05, 0.05]) == pytest.approx(0.0175, abs=0.0005)


def test_what_cannot_be_compared_is_refused(pair: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(Error, match="predictor"):
        BlindTestMaker(pair, ["attenuation-live"], tmp_path, "x", 3, 3.0)
    with pytest.raises(Error, match="name 1 to 8 effects"):
        BlindTestMaker(pair, [], tmp_path, "x", 3, 3.0)
    with pytest.raises(Error, match=r"found \d of 9 excerpts"):
        list(BlindTestMaker(pair, ["resonance-eq"], tmp_path, "x", 9, 3.0).make())
    (tmp_path / "study.json").write_text("{}")
    with pytest.raises(Error, match="holds a study"):
        BlindTestMaker(pair, ["resonance-eq"], tmp_path, "x", 3, 3.0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--abx", "a.wav", "b.wav"], "at least one EFFECT"),
        (["--abx", "a.wav", "b.wav", "resonance-eq"], "name a folder"),
        (["a.wav", "b.wav", "resonance-eq"], "give one STUDY.toml; or --abx"),
    ],
)
def test_command_says_what_is_missing(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["tonecast", "listen", "make", *arguments])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert exit_.value.code == 2
    assert said in capsys.readouterr().err
