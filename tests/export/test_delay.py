"""A model that looks ahead: its delay is in the file, and everything that plays it is aligned."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tonecast import Board, Effect, Mix, verify
from tonecast.plugin_core.effect_files.contract import (
    Architecture,
    Contract,
    Control,
    Provenance,
)
from tonecast.plugin_core.errors import Error

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

from tonecast.export.effect import (  # noqa: E402
    export_effect,
    rewrite_contract,
    unmeasured,
)
from torch import Tensor, nn  # noqa: E402

MODEL_HZ = 48000
BLOCK = 64
LEVEL = Control("level_db", "Level", "dB", "linear", -60.0, 0.0, 0.0)


class Delayed(nn.Module):
    """Answers with its input, `delay_samples` later, through a gain."""

    def __init__(self, delay_samples: int) -> None:
        super().__init__()
        self.delay_samples = delay_samples

    def forward(self, block: Tensor, *controls_and_states: Tensor) -> tuple[Tensor, ...]:
        level_db, past = controls_and_states
        sound = torch.cat([past, block], dim=1)
        n = block.shape[1]
        return sound[:, :n] * 10 ** (level_db / 20), sound[:, n:]

    def weights(self) -> dict[str, Tensor]:
        return {}

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        return {"past": (self.delay_samples,)}

    def initial_states(self) -> dict[str, Tensor]:
        return {}

    def rested_states(self, channels: int) -> list[Tensor]:
        return [torch.zeros(channels, self.delay_samples)]


def contract(delay_samples: int, **fields: Any) -> Contract:
    described: dict[str, Any] = {
        "kind": "effect",
        "name": "late",
        "label": "Late",
        "description": "For tests.",
        "sample_rate_hz": MODEL_HZ,
        "provenance": Provenance("none", (), {}, "2026-01-01"),
        "parity": unmeasured(),
        "frame_size_samples": BLOCK,
        "hop_size_samples": BLOCK,
        "hop_sizes_samples": (BLOCK,),
        "form": "causal",
        "delay_samples": delay_samples,
    }
    return Contract(**described | fields)


def late(folder: Path, delay_samples: int) -> Path:
    """A file that ONNX Runtime plays, in blocks."""
    path = folder / "late.onnx"
    export_effect(Delayed(delay_samples), {}, contract(delay_samples, controls=(LEVEL,)), path)
    return path


def late_fir(folder: Path, delay_samples: int) -> Path:
    """A file that a kernel plays, sample by sample: its impulse response is a late click."""
    from tonecast.models.families.causal_graph import CausalGraph
    from tonecast.models.families.wavenet.linear import Linear

    shape = {"receptive_field": delay_samples + 1, "bias": False}
    network = Linear(shape)
    with torch.no_grad():
        for taps in network.in_order():
            taps.zero_()
            taps.view(-1)[0] = 1.0  # the last tap meets the newest sample
    path = folder / "late.onnx"
    described = contract(
        delay_samples,
        architecture=Architecture("linear", network=shape),
        prewarm_samples=network.prewarm_samples,
    )
    export_effect(CausalGraph(network), {}, described, path)
    return path


Make = Callable[[Path, int], Path]
Made = Callable[[Make, int], Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A file of one kind with one delay, not to be changed: exports take seconds."""

    @cache
    def make_once(make: Make, delay_samples: int) -> Path:
        return make(tmp_path_factory.mktemp("late"), delay_samples)

    return make_once


def noise(samples: int, seed: int = 1) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (2, samples)).astype(np.float32)


def tone(samples: int, rate_hz: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    t = np.arange(samples) / rate_hz
    return (0.5 * np.sin(2 * np.pi * 5000 * t) * np.hanning(samples)).astype(np.float32)


@pytest.mark.parametrize("delay_samples", [37, 64, 240])
@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
@pytest.mark.parametrize("make", [late, late_fir])
def test_an_impulse_comes_out_after_the_latency(
    made: Made, make: Make, rate_hz: int, delay_samples: int
) -> None:
    effect = Effect(made(make, delay_samples), linear_phase=True)
    stream = effect.open_stream(rate_hz, channels=1)
    click = np.zeros((1, 8000), np.float32)
    click[0, 2000] = 1.0
    out = stream.process(click)
    assert np.argmax(np.abs(out[0])) == 2000 + stream.latency_samples
    assert stream.latency_samples == effect.latency_samples(rate_hz)
    if rate_hz == MODEL_HZ:
        block = BLOCK if make is late else 0
        assert stream.latency_samples == block + delay_samples


@pytest.mark.parametrize("make", [late, late_fir])
def test_whole_sounds_come_back_where_they_were(made: Made, make: Make) -> None:
    sound = noise(5000)
    effect = Effect(made(make, 240))
    for mix in (0.0, 0.5, 1.0):
        effect.mix = mix
        np.testing.assert_array_equal(effect(sound, MODEL_HZ), sound)
    for rate_hz in (44100, 96000):  # half of it is dry, so that it is a comb unless both agree
        effect = Effect(made(make, 37), mix=0.5, linear_phase=True)
        sound = tone(8000, rate_hz)
        assert np.abs(effect(sound, rate_hz) - sound).max() < 1e-4


@pytest.mark.parametrize("make", [late, late_fir])
@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_cuts_change_no_bit(made: Made, make: Make, rate_hz: int) -> None:
    effect = Effect(made(make, 37), mix=0.5)
    sound = noise(4000)
    whole = effect.open_stream(rate_hz, channels=2).process(sound)
    rng = np.random.default_rng(3)
    for lengths in ([1] * 4000, [64] * 63, [480] * 9, list(rng.integers(0, 700, 30))):
        stream = effect.open_stream(rate_hz, channels=2)
        ends = np.cumsum(lengths)
        parts = [stream.process(part) for part in np.split(sound, ends[ends < 4000], axis=1)]
        np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)


def test_beside_and_before_others_it_is_aligned(made: Made) -> None:
    path = made(late_fir, 240)
    sound = noise(5000)
    chain = Board([Effect(path), Effect(path)])
    np.testing.assert_array_equal(chain.process(sound, MODEL_HZ), sound)
    beside = Board([Mix([Effect(path), Board([])])])
    np.testing.assert_allclose(beside.process(sound, MODEL_HZ), 2 * sound, atol=1e-6)


def test_the_file_says_its_delay_and_the_parity_record_does_not_mind(tmp_path: Path) -> None:
    path = late(tmp_path, 240)
    assert verify(path).passed
    effect = Effect(path)
    assert effect.contract.delay_samples == 240
    assert json.loads(effect.contract.to_json())["version"] == 3
    assert rewrite_contract(path, replace(effect.contract, tail_s=0.5)).delay_samples == 240
    assert Effect(path).latency_samples(MODEL_HZ) == BLOCK + 240


def test_a_capture_file_has_no_words_for_it(tmp_path: Path) -> None:
    from tonecast.models.capture_files.nam import write_nam

    path = late_fir(tmp_path, 240)
    with pytest.raises(Error, match=r"late.onnx: it is 240 samples late by itself"):
        write_nam(path, tmp_path / "late.nam")
    assert not (tmp_path / "late.nam").exists()
    rewrite_contract(path, replace(Effect(path).contract, delay_samples=0))
    write_nam(path, tmp_path / "late.nam")


def test_info_says_it_in_words(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    from click.testing import CliRunner
    from tonecast.plugin_core.cli.info import info

    path = made(late_fir, 240)
    said = CliRunner().invoke(info, [str(path)]).output + capsys.readouterr().out
    assert "looks ahead" in said
    assert "240 samples, 5.0 ms of its latency" in said
