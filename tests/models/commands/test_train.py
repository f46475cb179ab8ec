"""`tonecast train` and `tonecast export`: from a config to an effect that plays."""

import sys
from pathlib import Path

import numpy as np
import pytest
import tonecast
from tonecast.models.training import checkpoint, loop
from tonecast.plugin_core import cli

CONFIG = """
name = "my-shelf"
label = "My shelf"
description = "For tests."
model = "cae"
sample_rate_hz = 8000
target = "low-shelf"
batch_frames = 16
validate_every_steps = 10
validation_frames = 32
[size]
frame = 256
filters = 16
filter_taps = 32
smoothing_taps = 64
[data]
layout = "synthetic"
longest_s = 0.3
[[stages]]
name = "all"
loss = "esr"
steps = 30
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["tonecast", *map(str, arguments)])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    return exit_.value.code if isinstance(exit_.value.code, int) else 0


def test_trained_effect_plays(
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert run(monkeypatch, "train", config, "--out", out) == 0
    next_command = capsys.readouterr().out.split()
    assert next_command == ["tonecast", "export", f"{out}/my-shelf.pt", f"{out}/my-shelf.onnx"]
    assert run(monkeypatch, *next_command[1:]) == 0
    assert run(monkeypatch, "verify", out / "my-shelf.onnx") == 0
    effect = tonecast.Effect(out / "my-shelf.onnx")
    audio = (0.1 * np.random.default_rng(1).standard_normal((2, 4000))).astype(np.float32)
    played = effect(audio, 44_100)
    assert played.shape == audio.shape
    assert np.abs(played).max() > 0.01


def test_interrupted_training_goes_on(
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    train_step = loop.Trainer._train_step

    def interrupt(self: loop.Trainer, stage: object) -> None:
        train_step(self, stage)  # type: ignore[arg-type]
        if self.progress.steps_done == 7:
            import signal

            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(loop.Trainer, "_train_step", interrupt)
    assert run(monkeypatch, "train", config, "--out", tmp_path) == 130
    assert "the same command resumes it" in capsys.readouterr().err
    kept = checkpoint.load(tmp_path / "my-shelf.pt").progress
    assert kept is not None
    assert kept["steps_done"] == 7
    assert run(monkeypatch, "train", config, "--out", tmp_path) == 0
    assert "Resuming from step 7" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "eq-lowself"], "no config named 'eq-lowself' comes with tonecast; there is"),
        (["train", "none.toml"], "none.toml: cannot be read"),
        (["export", "none.pt", "x.onnx"], "none.pt: cannot be read"),
        (["train", "CONFIG", "--device", "cuda"], "PyTorch finds no device cuda here"),
        (["train", "CONFIG", "--device", "cuda:99"], "PyTorch finds no device cuda:99 here"),
        (["train", "CONFIG", "--device", "mps:99"], "PyTorch finds no device mps:99 here"),
        (["train", "CONFIG", "--device", "cpu:x"], "PyTorch finds no device cpu:x here"),
        (["train", "CONFIG", "--device", "meta"], "there is no device 'meta'; train with"),
        (["train", "CONFIG", "--device", ""], "the argument after --device is empty"),
        (["train", "CONFIG", "--data", "nowhere"], "nowhere is no folder"),
    ],
)
def test_impossible_command_is_one_line(
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    config.write_text(CONFIG.replace('"synthetic"', '"salamander"'))
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert run(monkeypatch, *(config if a == "CONFIG" else a for a in arguments)) == 2
    error = capsys.readouterr().err
    assert f"tonecast: {said}" in error
    assert "Traceback" not in error
