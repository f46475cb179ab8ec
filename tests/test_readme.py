"""The README's examples do what they say."""

import json
import re
from pathlib import Path

import click
import numpy as np
import pytest
import tonecast
from pedalboard.io import AudioFile
from tonecast import Effect

README = (Path(__file__).parents[1] / "README.md").read_text()
FIRST, CAPTURE, STREAM, BOARD, LIVE, MODULE = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_six_lines_make_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    song = (0.1 * np.random.default_rng(1).standard_normal((2, 48000))).astype(np.float32)
    song += 0.3 * np.sin(2 * np.pi * 900 * np.arange(48000) / 48000, dtype=np.float32)
    with AudioFile("song.wav", "w", 48000, 2) as file:
        file.write(song)
    exec(FIRST, {})
    with AudioFile("tamed.wav") as file:
        tamed = file.read(file.frames)
    assert tamed.shape == song.shape
    assert 0.01 < np.abs(tamed - song).max() < 1


def test_a_capture_is_an_effect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    amp = {
        "version": "0.5.4",
        "architecture": "Linear",
        "config": {"receptive_field": 2, "bias": False},
        "weights": [0.5, 0.25],
        "metadata": {"loudness": -24.0},
    }
    Path("amp.nam").write_text(json.dumps(amp))
    names: dict[str, Effect] = {"Effect": Effect}  # type: ignore[dict-item]
    exec(CAPTURE, names)
    assert names["amp"].latency_samples(48000) == 0
    assert np.abs(names["amp"](np.full((1, 4800), 0.1, np.float32), 48000)).max() > 0.1


def test_blocks_give_the_whole_and_the_rest() -> None:
    blocks = [np.full((2, 500), 0.1, np.float32)] * 10
    played: list[np.ndarray] = []
    exec(STREAM, {"effect": Effect("resonance-eq"), "blocks": blocks, "play": played.append})
    assert sum(block.shape[1] for block in played) == 5000 + 3072


def test_board_is_aligned() -> None:
    names = {"audio": np.zeros((2, 9000), np.float32), "rate": 48000, "Effect": Effect}
    exec(BOARD, names)
    assert names["mastered"].shape == (2, 9000)


def test_live_example_is_python() -> None:
    compile(LIVE, "README.md", "exec")


def test_a_module_is_an_effect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch", reason="exports need PyTorch")
    pytest.importorskip("onnxscript", reason="exports need onnxscript")
    import whole_nets

    monkeypatch.chdir(tmp_path)
    torch.manual_seed(1)
    exec(MODULE, {"tonecast": tonecast, "module": whole_nets.Driven()})
    assert Effect("amp.onnx").drive == pytest.approx(0.7)


def test_every_command_it_names_exists() -> None:
    from tonecast.plugin_core.cli import tonecast as command_line

    commands = command_line.list_commands(click.Context(command_line))
    assert set(re.findall(r"`tonecast ([a-z-]+)", README)) <= set(commands)
