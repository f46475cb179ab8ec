"""`tonecast train --dry --wet --name`: from two recordings to an effect, and what can go wrong."""

import errno
import re
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
import tonecast
from pedalboard import Distortion, HighpassFilter, Pedalboard
from pedalboard.io import ReadableAudioFile, WriteableAudioFile
from tonecast.models.capture import report
from tonecast.models.data.pair.pair import read_pair
from tonecast.models.data.synthetic import synthetic_notes
from tonecast.models.training import loop
from tonecast.plugin_core import cli

RATE_HZ = 8000


def write(path: Path, audio: np.ndarray, rate_hz: int = RATE_HZ) -> Path:
    planar = np.atleast_2d(audio).astype(np.float32)
    with WriteableAudioFile(str(path), rate_hz, len(planar), 24) as file:
        file.write(planar)
    return path


@pytest.fixture(scope="module")
def playing() -> np.ndarray:
    notes = synthetic_notes(RATE_HZ, 0.3, seed=1)
    order = np.random.default_rng(1).permutation(len(notes))[:20]
    return np.concatenate([notes[k].dry for k in order])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, playing: np.ndarray) -> Path:
    """A working directory with a pair: the box inverts, is 100 samples late, and overdrives."""
    monkeypatch.chdir(tmp_path)
    box = Pedalboard([HighpassFilter(100), Distortion(15)])(playing, RATE_HZ)
    write(tmp_path / "dry.wav", playing)
    write(tmp_path / "wet.wav", np.pad(-0.5 * box, (100, 0)))
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["tonecast", *map(str, arguments)])
    handler = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    signal.signal(signal.SIGTERM, handler)
    return exit_.value.code if isinstance(exit_.value.code, int) else 0


PAIR = ("train", "--dry", "dry.wav", "--wet", "wet.wav", "--name", "my-box", "--minutes", "0.03")


@pytest.mark.filterwarnings("ignore:.*was trained on:RuntimeWarning")  # it has learned little
@pytest.mark.slow
def test_two_recordings_become_an_effect_whatever_comes_between(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stopped on the first rung, out of disk space at the end: the same command goes on."""
    train_step = loop.Trainer._train_step

    def interrupt(self: loop.Trainer, stage: object) -> None:
        train_step(self, stage)  # type: ignore[arg-type]
        if self.progress.steps_done == 8:  # more than are timed
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(loop.Trainer, "_train_step", interrupt)
        assert run(patch, *PAIR) == 130
    said = " ".join(capsys.readouterr().err.split())
    assert "inverted polarity" in said
    assert "the same command resumes it" in said

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(report, "draw_curves", full)
        assert run(patch, *PAIR) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "Resuming from step 8" in said
    assert "tonecast: training/my-box cannot be written: No space left on device; the" in said
    names = sorted(path.name for path in (folder / "training").iterdir())
    assert names == ["my-box.onnx", "my-box.pt", "my-box.tried"]

    assert run(monkeypatch, *PAIR, "--input-dbu", 12.2) == 0
    assert capsys.readouterr().out.split() == ["training/my-box.onnx", "training/my-box/report.md"]
    check_what_came_out(folder / "training")
    assert run(monkeypatch, "verify", "training/my-box.onnx") == 0

    assert run(monkeypatch, *PAIR) == 2
    assert "training/my-box is there already; give another --name" in capsys.readouterr().err


def check_what_came_out(out: Path) -> None:
    effect = tonecast.Effect(out / "my-box.onnx")
    assert effect.contract.sample_rate_hz == RATE_HZ
    assert effect.contract.capture is not None
    assert effect.contract.capture.input_level_dbu == 12.2
    assert effect.contract.capture.output_level_dbu is None
    assert "dry.wav (SHA-256 " in effect.contract.provenance.data
    page = (out / "my-box" / "report.md").read_text()
    pictures = re.findall(r"!\[.*\]\((.*)\)", page)
    assert len(pictures) == 2
    assert all((out / "my-box" / picture).stat().st_size > 1000 for picture in pictures)
    sounds = {}
    for name in ("dry", "target", "output", "difference"):
        assert f"`{name}.wav`" in page
        with ReadableAudioFile(str(out / "my-box" / f"{name}.wav")) as file:
            sounds[name] = file.read(file.frames)
    assert 0.75 * RATE_HZ < sounds["dry"].size == sounds["output"].size
    np.testing.assert_allclose(sounds["target"] - sounds["output"], sounds["difference"], atol=1e-6)
    esr = np.square(sounds["difference"]).sum() / np.square(sounds["target"]).sum()
    assert f"| **this effect** | {esr:.4f} |" in page
    # What is held out is the end, as the engine plays it with all that comes before.
    pair = read_pair(Path("dry.wav"), Path("wet.wav"))
    samples = sounds["output"].size
    np.testing.assert_allclose(pair.wet[-samples:], sounds["target"][0], atol=1e-6)
    played = effect(pair.dry, RATE_HZ)
    np.testing.assert_allclose(played[-samples:], sounds["output"][0], atol=1e-6)
    assert re.search(r"wet.wav is \d+\.\d samples \(1[23]\.\d+ ms\) late", page)
    for rung in ("filter", "shaper", "WaveNet"):
        assert f"{rung}" in page[page.index("## What was tried") :]


def test_training_of_another_pair_is_not_gone_on_with(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(self: loop.Trainer, report: object) -> None:
        self.save()

    with monkeypatch.context() as patch:
        patch.setattr(loop.Trainer, "run", stop)
        assert run(patch, *PAIR) == 130
    before = Path("training/my-box.tried/shaper.pt").read_bytes()
    with ReadableAudioFile("wet.wav") as file:
        wet = file.read(file.frames)
    write(Path("wet.wav"), 0.9 * wet)
    assert run(monkeypatch, *PAIR) == 2
    said = capsys.readouterr().err
    assert "training/my-box.tried holds trainings of something else, not of dry.wav" in said
    assert Path("training/my-box.tried/shaper.pt").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dry", "dry.wav"], "--wet and --name must be given as well: --dry A.wav --wet B.wav"),
        ([], "give a CONFIG, or --dry, --wet and --name"),
        (["low-shelf", "--dry", "dry.wav"], "give either CONFIG or --dry, --wet, --name, not b"),
        (["wet.wav", "My Box"], "an effect cannot be called 'My Box'; names are made of a-z, 0-9"),
        (["low-shelf", "--delay-ms", "3"], "--delay-ms is for --dry and --wet; leave it out w"),
        (["low-shelf", "--input-dbu", "3"], "--input-dbu is for --dry and --wet; leave it out"),
        (["--make-input", "a.wav", "--output-dbu", "3"], "--make-input trains nothing; give it a"),
        (["--make-input=wet.wav"], "wet.wav is there already; give another name"),
        (
            [*PAIR[1:], "--delay-ms", "90000"],
            "a delay of 90000 ms is no place in the recordings, which last",
        ),
        ([*PAIR[1:], "--delay", "nan"], "a delay of nan ms is no place in the recordings"),
        (["none.wav", "my-box"], "none.wav: there is no such file"),
        (["text.wav", "my-box"], "text.wav is not audio that can be read"),
        (["stereo.wav", "my-box"], "dry.wav has one channel and stereo.wav 2 different channels"),
        (["short.wav", "my-box"], "the two recordings share 1"),
        (["silent.wav", "my-box"], "silent.wav holds nothing but silence"),
        (["other.wav", "my-box"], "dry.wav and other.wav do not belong together"),
        (["wet.wav", "taken"], "training/taken.onnx is there already"),
        (["wet.wav", "half"], "training/half.pt is there already"),
        (["wet.wav", "broken"], "training/broken.tried/tried.json: cannot be read; move training"),
        ([*PAIR[1:], "--family", "reverb"], "captures know no family 'reverb'; there is cae, caf"),
        ([*PAIR[1:], "--max-cpu", "much"], "--max-cpu must be a share of one core, as 3%, not 'm"),
        (
            [*PAIR[1:], "--family", "linear", "--max-cpu", "1e-7"],
            "nothing that could be learned keeps to 1e-07 % of a core; nearest is the filter with",
        ),
        (
            [*PAIR[1:], "--family", "cae", "--max-latency", "1"],
            "nothing that could be learned keeps to 1 ms of latency; nearest is the CAE with 32.0",
        ),
        (["low-shelf", "--max-cpu", "3%"], "--max-cpu is for --dry and --wet; leave it out wi"),
    ],
)
def test_impossible_pair_is_one_line(
    folder: Path,
    playing: np.ndarray,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    rng = np.random.default_rng(1)
    (folder / "text.wav").write_text("hello")
    write(folder / "stereo.wav", np.stack([playing, playing[::-1]]))
    write(folder / "short.wav", playing[: 3 * RATE_HZ // 2])
    write(folder / "silent.wav", 1e-4 * playing)
    write(folder / "other.wav", 0.1 * rng.standard_normal(playing.size))
    (folder / "training").mkdir()
    (folder / "training" / "taken.onnx").write_bytes(b"mine")
    (folder / "training" / "half.pt").write_bytes(b"half")
    (folder / "training" / "broken.tried").mkdir()
    (folder / "training" / "broken.tried" / "tried.json").write_text("{")
    if len(arguments) == 2 and "--dry" not in arguments:
        wet, name = arguments
        arguments = ["--dry", "dry.wav", "--wet", wet, "--name", name]
    assert run(monkeypatch, "train", *arguments) == 2
    error = capsys.readouterr().err
    assert f"tonecast: {said}" in error
    assert "Traceback" not in error
    assert (folder / "training" / "taken.onnx").read_bytes() == b"mine"


def test_input_is_written_without_a_training(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "train", "--make-input", "input.wav") == 0
    assert capsys.readouterr().out.startswith("input.wav: 2.5 minutes, 48000 Hz, 24 bit; play it")
    with ReadableAudioFile("input.wav") as file:
        assert file.duration == 149
    assert sorted(path.name for path in folder.iterdir()) == ["dry.wav", "input.wav", "wet.wav"]
