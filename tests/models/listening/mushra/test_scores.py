"""A MUSHRA-like test: its anchor, its trials, what is refused, and what its report says."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from made_study import RATE_HZ, write_fake_study, write_phrase
from scipy.stats import t
from study_server import Client, Served, an_answer, serving
from tonecast import Effect, Error
from tonecast.models.listening.answers.database import Database
from tonecast.models.listening.blind.make import BlindTestMaker
from tonecast.models.listening.mushra.anchor import low_anchor
from tonecast.models.listening.mushra.scores import Score, missed_reference, summary, word
from tonecast.models.listening.mushra.trials import draw_mushra
from tonecast.models.listening.study.flac import read_sound
from tonecast.models.listening.study.loudness import loudness_lufs
from tonecast.models.listening.study.study import read_study
from tonecast.plugin_core import cli
from tonecast.plugin_core.audio_files.files import open_audio, whole_file


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_anchor_has_the_low_pass_of_the_recommendation(rate_hz: int) -> None:
    impulse = np.zeros((1, 1 << 15), np.float32)
    impulse[0, 1 << 14] = 1
    filtered = low_anchor(impulse, rate_hz)
    assert int(np.argmax(filtered)) == 1 << 14
    level_db = 20 * np.log10(np.abs(np.fft.rfft(filtered[0])) + 1e-12)
    frequency_hz = np.fft.rfftfreq(filtered.shape[1], 1 / rate_hz)
    assert np.abs(level_db[frequency_hz <= 3500]).max() < 0.1
    assert level_db[frequency_hz >= 4000].max() < -25
    assert level_db[frequency_hz >= 4500].max() < -50


def test_anchor_needs_a_rate_that_has_more() -> None:
    with pytest.raises(Error, match="8000 Hz"):
        low_anchor(np.zeros((1, 100), np.float32), 8000)


def test_made_study_has_reference_effects_and_anchor_equally_loud(tmp_path: Path) -> None:
    dry = write_phrase(tmp_path / "dry.wav", 10.0)
    with open_audio(dry) as reader:
        sound = np.asarray(reader.read(reader.frames), np.float32)
    with whole_file(tmp_path / "wet.wav", RATE_HZ, 1, 24) as sink:
        sink.write(Effect("resonance-eq", attenuation=0.9).process_planar(sound, RATE_HZ))
    folder = tmp_path / "made"
    maker = BlindTestMaker(
        (dry, tmp_path / "wet.wav"), ["resonance-eq"], folder, "made", 2, 3.0, "mushra"
    )
    list(maker.make())
    study = read_study(folder)
    assert study.labels == ("wet.wav", "resonance-eq", "low anchor (3.5 kHz)")
    assert study.effect == "resonance-eq"
    for track in study.tracks:
        sounds = [read_sound(folder, one) for one in track.sounds]
        loudness = [loudness_lufs(one, RATE_HZ) for one in sounds]
        assert loudness == pytest.approx([track.loudness_lufs] * 3, abs=0.02)
        above = np.fft.rfftfreq(sounds[0].shape[1], 1 / RATE_HZ) > 4500
        power = [float(np.sum(np.abs(np.fft.rfft(one[0]))[above] ** 2)) for one in sounds]
        assert power[2] < 1e-3 * power[0]


def test_trials_have_every_excerpt_once_and_every_order() -> None:
    orders = [draw_mushra(["t0", "t1", "t2"], 4, 7, rater) for rater in range(300)]
    assert all(sorted(one.track for one in order) == ["t0", "t1", "t2"] for order in orders)
    slots = np.array([one.slots for order in orders for one in order])
    assert np.all(slots[:, 0] == 0)
    assert np.all(np.sort(slots[:, 1:], axis=1) == np.arange(4))
    for place in range(1, 5):  # 900 trials: 225 expected, 13 the standard deviation
        assert np.all(np.abs(np.bincount(slots[:, place]) - 225) < 52)
    assert draw_mushra(["t0"], 4, 7, 3) == draw_mushra(["t0"], 4, 7, 3)


def test_interval_is_that_of_the_means_of_raters() -> None:
    given = {"ann": (50, 70), "bob": (80, 80), "cat": (90, 100)}
    found = [Score(name, f"t{i}", 1, value) for name, two in given.items()
             for i, value in enumerate(two)]  # fmt: skip
    one = summary(found)
    means = np.array([60, 80, 95])
    half = t.ppf(0.975, 2) * means.std(ddof=1) / np.sqrt(3)
    assert one.mean == pytest.approx(means.mean())
    assert one.interval == pytest.approx((means.mean() - half, 100))
    assert one.median == 80
    assert summary(found[:2]).interval == (0, 100)  # two excerpts of one rater
    assert summary(found[:1]).interval is None


def test_interval_holds_the_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(600):
        found = [
            Score(f"r{rater}", f"t{track}", 1, int(value))
            for rater, level in enumerate(rng.normal(60, 8, 6))
            for track, value in enumerate(np.clip(np.round(rng.normal(level, 5, 8)), 0, 100))
        ]
        low, high = summary(found).interval or (0, 0)
        held += low <= 60 <= high
    assert 0.92 < held / 600 < 0.98


def test_who_misses_the_hidden_reference_too_often_is_named() -> None:
    def trials(rater: str, missed: int, count: int) -> list[Score]:
        return [Score(rater, f"t{i}", 0, 89 if i < missed else 90) for i in range(count)]

    found = [*trials("at the limit", 3, 20), *trials("over it", 4, 20), *trials("once", 1, 6)]
    assert missed_reference(found) == {"over it": (4, 20), "once": (1, 6)}


def test_words_are_fifths_of_the_scale() -> None:
    assert [word(one) for one in (0, 19.9, 20, 55, 79, 80, 100)] == [
        "bad", "bad", "poor", "fair", "good", "excellent", "excellent",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mushra")
    write_fake_study(folder, 4, 0.5, 3, test="mushra", repeat_share=0, noise_s=0)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Served]:
    with serving(folder) as server:
        yield server


def scored(position: int, scores: object) -> dict[str, object]:
    return an_answer(position, None, step_seconds=[1.0] * 4, scores=scores)


def take_part(client: Client, effect: int, finds_reference: bool) -> None:
    """Score by the sounds themselves, as a rater who hears which are equal."""
    for position in range(len(client.session()["positions"])):
        reference, *sounds = (
            client("GET", f"/api/sounds/{position}/{slot}").body for slot in range(4)
        )
        hidden = sounds.index(reference)
        others = [effect, 20]
        scores = [100 if i == hidden else others.pop() for i in range(3)]
        if not finds_reference:
            scores[hidden], scores[hidden - 1] = 60, 100
        reply = client("POST", "/api/answers", scored(position, scores))
        assert reply.status == 200, reply.body


def test_report_says_how_good_each_sound_is(
    server: Served, folder: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    take_part(server.client().join("ann"), 80, True)
    take_part(server.client().join("bob"), 70, True)
    take_part(server.client().join("deaf"), 70, False)
    monkeypatch.setattr(sys, "argv", ["tonecast", "listen", "report", str(folder)])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert not exit_.value.code
    text = Path(capsys.readouterr().out.strip()).read_text()
    assert "3 human raters, 4 excerpts" in text
    assert "| ann | 4 of 4 | 100 |" in text
    assert "- deaf: 4 of 4 trials" in text
    assert "- ann" not in text
    # 100, 100 and 60 on average: 86.7 ± 4.303 · 23.1 / √3, which ends at 100
    assert r"| hidden reference \(wet.wav\) | 100 | 60 … 100 | 86.7 (29.3 … 100.0) |" in text
    assert (folder / "report_scores.png").read_bytes()[:4] == b"\x89PNG"
    monkeypatch.setattr(sys, "argv", ["tonecast", "listen", "export", str(folder)])
    with pytest.raises(SystemExit):
        cli.main()
    assert "has no ratings" in capsys.readouterr().err


@pytest.mark.parametrize(
    "scores",
    [None, [100, 0], [100, 0, 0, 0], [99, 0, 0], [101, 0, 100], [100, -1, 0], [100, 0.5, 0]],
)
def test_scores_that_are_none_are_refused(server: Served, scores: object) -> None:
    client = server.client().join(f"odd {scores}".translate(str.maketrans("[],", "   ")).strip())
    assert client("POST", "/api/answers", scored(0, scores)).status == 400
    assert client.session()["answers"] == {}


def test_scores_may_be_given_anew(server: Served) -> None:
    client = server.client().join("again")
    for scores in ([100, 1, 2], [3, 100, 4]):
        assert client("POST", "/api/answers", scored(1, scores)).status == 200
    assert client.session()["answers"]["1"]["scores"] == [3, 100, 4]


def test_answers_of_an_earlier_version_are_taken_along(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite3"
    Database(path).close()
    with sqlite3.connect(path) as old:
        old.execute("ALTER TABLE answers DROP COLUMN scores")
        old.execute("PRAGMA user_version = 1")
    for _ in range(2):
        database = Database(path)
        assert database.rows("SELECT scores FROM answers") == []
        database.close()


def test_command_takes_one_test(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for options, said in (
        (["--abx", "--mushra"], "two tests"),
        (["--mushra"], "name a folder for the study"),
    ):
        files = ["a.wav", "b.wav", "resonance-eq"]
        monkeypatch.setattr(sys, "argv", ["tonecast", "listen", "make", *options, *files])
        with pytest.raises(SystemExit):
            cli.main()
        assert said in capsys.readouterr().err
