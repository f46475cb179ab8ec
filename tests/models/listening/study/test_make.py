"""`tonecast listen make`: the sounds of a study are what its file says, and can be made again."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from made_study import RATE_HZ, write_config, write_phrase
from tonecast import Effect, Error
from tonecast.models.listening.ratings import FACTORS, STEPS
from tonecast.models.listening.study.flac import read_sound
from tonecast.models.listening.study.loudness import loudness_lufs
from tonecast.models.listening.study.make import StudyMaker
from tonecast.models.listening.study.study import Study, read_study
from tonecast.plugin_core import cli


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A study's file, and its folder: one recording in mono at 48 kHz, one demo track."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "takes").mkdir()
    write_phrase(folder / "takes" / "phrase.wav", 4.0, 48_000)
    file = write_config(folder, recordings="takes", demo_tracks=1)
    list(StudyMaker(file, folder / "small").make())
    return file, folder / "small"


@pytest.fixture(scope="module")
def study(made: tuple[Path, Path]) -> Study:
    return read_study(made[1])


def test_tracks_are_excerpts_of_their_recordings(study: Study, made: tuple[Path, Path]) -> None:
    assert [one.recording for one in study.tracks] == ["phrase.wav", "synthetic-000"]
    for track, channels in zip(study.tracks, (1, 2), strict=True):
        assert len(track.sounds) == STEPS
        for sound in track.sounds:
            assert read_sound(made[1], sound).shape == (channels, 3 * RATE_HZ)


def test_untouched_step_has_the_loudness_that_was_asked_for(
    study: Study, made: tuple[Path, Path]
) -> None:
    for track in study.tracks:
        audio = read_sound(made[1], track.sounds[0])
        assert loudness_lufs(audio, RATE_HZ) == pytest.approx(-23, abs=0.05)
    assert loudness_lufs(read_sound(made[1], study.noise), RATE_HZ) == pytest.approx(-23, abs=0.05)


def test_steps_are_the_equalizer_at_their_factor(study: Study, made: tuple[Path, Path]) -> None:
    effect, track = Effect("resonance-eq"), study.tracks[1]
    inside = slice(RATE_HZ, 2 * RATE_HZ)  # where no fade is
    dry = read_sound(made[1], track.sounds[0])
    for step in (1, 8, 16):
        effect.attenuation = float(FACTORS[step])
        expected = effect.process_planar(dry, RATE_HZ)[:, inside]
        found = read_sound(made[1], track.sounds[step])[:, inside]
        # Both were rounded to 16 bits, the one before the equalizer, the other behind it.
        assert np.std(found - expected) < 0.01 * np.std(expected)
        assert np.std(dry[:, inside] - expected) > 0.05 * np.std(expected)


def test_gains_of_equal_loudness_make_it_equal(study: Study, made: tuple[Path, Path]) -> None:
    for track in study.tracks:
        for sound in (track.sounds[4], track.sounds[16]):
            audio = read_sound(made[1], sound) * 10 ** (sound.match_db / 20)
            assert loudness_lufs(audio, RATE_HZ) == pytest.approx(track.loudness_lufs, abs=0.1)
    assert study.tracks[1].sounds[16].match_db > 1


def test_study_is_made_again_bit_for_bit(made: tuple[Path, Path], tmp_path: Path) -> None:
    file, folder = made
    list(StudyMaker(file, tmp_path / "again").make())
    names = sorted(one.relative_to(folder) for one in folder.rglob("*.*"))
    assert names == sorted(one.relative_to(tmp_path / "again") for one in tmp_path.rglob("*.*"))
    assert all((folder / n).read_bytes() == (tmp_path / "again" / n).read_bytes() for n in names)


def test_stopped_study_resumes(made: tuple[Path, Path], tmp_path: Path) -> None:
    file, folder = made
    stopped = tmp_path / "stopped"
    shutil.copytree(folder, stopped)
    (stopped / "study.json").unlink()
    (stopped / "tracks" / "001.json").unlink()
    kept = stopped / "audio" / "t000-03.flac"
    written = kept.stat().st_mtime_ns
    maker = StudyMaker(file, stopped)
    assert (maker.estimate().tracks, maker.estimate().missing) == (2, 1)
    assert next(maker.make()).id == "t000"
    assert kept.stat().st_mtime_ns == written
    # A track is rendered again where one of its sounds is not as it was.
    kept.write_bytes(b"fLaC")
    assert StudyMaker(file, stopped).estimate().missing == 2


def test_recording_that_changed_is_named(made: tuple[Path, Path], tmp_path: Path) -> None:
    file, folder = made
    (tmp_path / "takes").mkdir()
    shutil.copy(file, tmp_path)
    takes, here = tmp_path / "takes", tmp_path / file.name
    shutil.copy(file.parent / "takes" / "phrase.wav", takes)
    StudyMaker(here, folder)  # elsewhere, and the same
    write_phrase(takes / "phrase.wav", 4.0, 48_000, seed=2)
    with pytest.raises(Error, match=r"recording phrase\.wav has changed .* --out"):
        StudyMaker(here, folder)
    (takes / "phrase.wav").rename(takes / "other.wav")
    with pytest.raises(Error, match=r"recording other\.wav is new"):
        StudyMaker(here, folder)


def test_other_settings_make_another_study(made: tuple[Path, Path]) -> None:
    other = write_config(made[0].parent / "takes", demo_tracks=2)
    with pytest.raises(Error, match=r"other settings .* --out"):
        StudyMaker(other, made[1])


def test_missing_sound_is_named(made: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copytree(made[1], tmp_path / "copy")
    sound = tmp_path / "copy" / "audio" / "t001-07.flac"
    sound.write_bytes(sound.read_bytes()[:-1])
    with pytest.raises(Error, match=r"t001-07\.flac is not as it was made"):
        read_study(tmp_path / "copy")
    sound.unlink()
    with pytest.raises(Error, match=r"t001-07\.flac is missing; run tonecast listen make"):
        read_study(tmp_path / "copy")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "nothing to hear"),
        ({"demo_tracks": 1, "name": "No Name"}, "a-z, 0-9 and -"),
        ({"demo_tracks": 1, "bits": 32}, "bits must be 16 or 24"),
        ({"demo_tracks": 1, "excerpt_s": 0.1}, "excerpt_s must be from 3 to 120"),
        ({"demo_tracks": 1, "excerpts_s": 10}, "did you mean 'excerpt_s'"),
        ({"demo_tracks": "six"}, "must be a whole number"),
        ({"recordings": "nowhere"}, "there is no such folder"),
    ],
)
def test_impossible_study_is_refused(values: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(Error, match=said):
        StudyMaker(write_config(tmp_path, **values), tmp_path / "out")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: write_phrase(path, 2.0), "2.0 s long, less than 3 s"),
        (lambda path: path.write_bytes(b"no sound"), "not audio that can be read"),
        (lambda path: _write_silence(path), "are not silent"),
    ],
)
def test_unusable_recording_is_named(make: object, said: str, tmp_path: Path) -> None:
    (tmp_path / "takes").mkdir()
    make(tmp_path / "takes" / "a.wav")  # type: ignore[operator]
    with pytest.raises(Error, match=rf"a\.wav.*{said}"):
        list(StudyMaker(write_config(tmp_path, recordings="takes"), tmp_path / "out").make())
    assert not (tmp_path / "out" / "study.json").exists()


def _write_silence(path: Path) -> None:
    from tonecast.plugin_core.audio_files.files import whole_file

    with whole_file(path, RATE_HZ, 1, 16) as sink:
        sink.write(np.zeros((1, 4 * RATE_HZ), np.float32))


def test_full_disk_is_said_before_anything_is_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = StudyMaker(write_config(tmp_path, demo_tracks=3), tmp_path / "out")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 1000))
    with pytest.raises(Error, match=r"takes about 0\.0 GB and .* choose another disk"):
        maker.estimate()


def test_command_tells_what_it_takes_and_what_is_next(
    made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tonecast", "listen", "make", str(made[0])])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert not exit_.value.code
    out, err = capsys.readouterr()
    assert out == f"tonecast listen serve {made[1]}\n"
    assert "2 tracks of 3 s in 17 steps; 0 to be rendered" in err


def test_table_of_a_study_has_no_path_of_the_machine(made: tuple[Path, Path]) -> None:
    text = (made[1] / "study.json").read_text()
    assert str(made[0].parent) not in text
    assert json.loads(text)["tracks"][0]["recording"] == "phrase.wav"
