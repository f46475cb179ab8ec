"""What happens with a GPU, on a library that passes for ONNX Runtime with one.

ONNX Runtime is loaded once for a process, so test_cuda.py runs these tests in one of their own. The
GPU is simulated: its runs are the CPU's, as slow or as broken as a test wants them.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import tonecast
from numpy.typing import NDArray
from tonecast.plugin_core import _engine
from tonecast.plugin_core.callback_benchmark import benchmark, process
from tonecast.plugin_core.cli import main
from tonecast.plugin_core.effect_files.catalog import find_effect
from tonecast.plugin_core.effect_files.loading import load_model

Samples = NDArray[np.float32]

EQUALIZER = "resonance-eq"
PAPERS = Path(__file__).parents[3] / "models" / "packs" / "papers" / "effects"
LEARNED = PAPERS / "overdrive-16k.onnx"  # plays frames, and has a kernel
SLOW_US = 20_000  # beyond what a run takes

_engine.load_onnxruntime(os.environ["FAKE_CUDA"])  # before anybody loads the real one
_library = ctypes.CDLL(os.environ["FAKE_CUDA"])


class Gpu:
    """The numbers that the library exports, as attributes."""

    def __getattr__(self, name: str) -> int:
        return ctypes.c_int.in_dll(_library, f"fake_{name}").value

    def __setattr__(self, name: str, value: int) -> None:
        ctypes.c_int.in_dll(_library, f"fake_{name}").value = value


@pytest.fixture
def gpu() -> Gpu:
    """One that works and is quicker than the CPU."""
    made = Gpu()
    made.has_cuda = made.initialises = 1
    made.gpu_extra_us, made.cpu_extra_us = 0, SLOW_US
    made.gpu_fails_at, made.gpu_hangs, made.gpu_runs = -1, 0, 0
    return made


@pytest.fixture
def audio(noise: Callable[..., Samples]) -> Samples:
    return noise(2, 40_000)


@pytest.fixture
def expected(gpu: Gpu, audio: Samples) -> Samples:
    """What the CPU makes of it."""
    gpu.cpu_extra_us = 0
    played = tonecast.Effect(EQUALIZER, attenuation=1.0)(audio, 48_000)
    gpu.cpu_extra_us = SLOW_US
    return played


def equalizer(device: Literal["cpu", "cuda", "auto"]) -> tonecast.Effect:
    return tonecast.Effect(EQUALIZER, attenuation=1.0, device=device)


def test_gpu_runs_nothing_unasked(gpu: Gpu, expected: Samples) -> None:
    assert gpu.gpu_runs == 0


@pytest.mark.parametrize("device", ["cuda", "auto"])
def test_gpu_plays_and_the_effect_says_so(
    gpu: Gpu, audio: Samples, expected: Samples, device: Literal["cuda", "auto"]
) -> None:
    effect = equalizer(device)
    np.testing.assert_array_equal(effect(audio, 48_000), expected)
    assert gpu.gpu_runs >= effect.counters.frames > 0
    assert effect.device == device
    assert effect.fallback_reasons == []
    model = load_model(find_effect(EQUALIZER).files[48_000], device=device)
    assert model.played_by.device == "cuda"


def test_board_and_a_stream_play_there_too(gpu: Gpu, audio: Samples, expected: Samples) -> None:
    effect = equalizer("cuda")
    np.testing.assert_array_equal(tonecast.Board([effect])(audio, 48_000), expected)
    gpu.gpu_runs = 0
    with effect.stream(48_000, max_block=40_000) as stream:
        late = stream.latency_samples
        played = np.concatenate([stream.process(audio), stream.flush()], axis=1)[:, late:]
        np.testing.assert_array_equal(played, expected)
        assert stream.device == "cuda"
        assert gpu.gpu_runs >= stream.counters.frames


def test_missing_cuda_is_silent_for_auto_and_named_for_cuda(
    gpu: Gpu, audio: Samples, expected: Samples
) -> None:
    gpu.has_cuda = 0
    np.testing.assert_array_equal(equalizer("auto")(audio, 48_000), expected)
    assert gpu.gpu_runs == 0
    with pytest.raises(
        tonecast.Error,
        match=r"has no CUDA; run 'pip uninstall onnxruntime' and then "
        r"'pip install onnxruntime-gpu\[cuda,cudnn\]' .* or choose the device cpu or auto$",
    ):
        equalizer("cuda")


def test_gpu_that_does_not_start_is_an_error_or_a_warning_with_the_reason(
    gpu: Gpu, audio: Samples, expected: Samples
) -> None:
    gpu.initialises = 0
    reason = r"ONNX Runtime \S+ says: no CUDA-capable device is detected"
    with pytest.raises(tonecast.Error, match=f"the GPU cannot be used: {reason}; 'pip install"):
        equalizer("cuda")
    said = rf"^resonance-eq: the GPU cannot be used, the CPU plays \({reason}\)$"
    with pytest.warns(RuntimeWarning, match=said):
        effect = equalizer("auto")
    np.testing.assert_array_equal(effect(audio, 48_000), expected)
    assert gpu.gpu_runs == 0


@pytest.mark.parametrize("device", ["cuda", "auto"])
def test_slower_gpu_is_left_at_once_and_said_once(
    gpu: Gpu, audio: Samples, expected: Samples, device: Literal["cuda", "auto"]
) -> None:
    gpu.gpu_extra_us, gpu.cpu_extra_us = SLOW_US, 0
    effect = equalizer(device)
    with pytest.warns(
        RuntimeWarning,
        match=r"^resonance-eq: the GPU is slower than the CPU \(\S+ ms against \S+ ms\), which",
    ) as said:
        np.testing.assert_array_equal(effect(audio, 48_000), expected)
    assert effect.fallback_reasons == [str(said[0].message)]
    effect(audio, 44_100)  # measured again; warnings are errors here


FAILED = r"^resonance-eq: the GPU failed, the CPU has taken over \(ONNX Runtime .* out of memory\)$"


def test_gpu_that_fails_costs_not_one_frame(gpu: Gpu, audio: Samples, expected: Samples) -> None:
    effect = equalizer("cuda")
    effect(audio[:, :100], 48_000)  # prepares it
    gpu.cpu_extra_us = 0
    gpu.gpu_runs, gpu.gpu_fails_at = 0, 7
    with pytest.warns(RuntimeWarning, match=FAILED):
        np.testing.assert_array_equal(effect(audio, 48_000), expected)
    assert gpu.gpu_runs >= 8
    assert effect.counters.bad_frames == 0


def test_gpu_that_fails_from_the_start_is_not_used(
    gpu: Gpu, audio: Samples, expected: Samples
) -> None:
    gpu.gpu_fails_at = 0
    with pytest.warns(RuntimeWarning, match=FAILED):
        np.testing.assert_array_equal(equalizer("cuda")(audio, 48_000), expected)


def test_gpu_that_becomes_slow_is_left_without_a_click(
    gpu: Gpu, audio: Samples, expected: Samples
) -> None:
    effect = equalizer("cuda")
    effect(audio[:, :100], 48_000)
    gpu.gpu_extra_us, gpu.cpu_extra_us = 3 * SLOW_US, 0
    with pytest.warns(
        RuntimeWarning, match=r"has become slower than the CPU \(\S+ ms against \S+ ms\)"
    ):
        np.testing.assert_array_equal(effect(audio, 48_000), expected)


def wait_until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.001)


def live_engine(device: Literal["cpu", "cuda"]) -> _engine.Engine:
    player = _engine.Engine(load_model(find_effect(EQUALIZER).files[48_000], device=device))
    player.set_control("attenuation", 1.0)
    player.prepare(48_000, 2, worker=True, max_block_samples=512)
    return player


def play_live(player: _engine.Engine, audio: Samples) -> Samples:
    played = np.ascontiguousarray(audio)
    for start in range(0, audio.shape[1], 512):
        block = np.ascontiguousarray(audio[:, start : start + 512])
        player.process(block, block)
        played[:, start : start + 512] = block
        wait_until(lambda: player.counters.completed_frames == player.counters.frames)
    return played


def test_worker_loses_nothing_either(gpu: Gpu, audio: Samples) -> None:
    player = live_engine("cuda")
    gpu.cpu_extra_us = 0
    expected = play_live(live_engine("cpu"), audio.copy())
    gpu.gpu_runs, gpu.gpu_fails_at = 0, 7
    np.testing.assert_array_equal(play_live(player, audio.copy()), expected)
    assert (player.counters.late_frames, player.counters.bad_frames) == (0, 0)
    (by,) = player.played_by
    assert by.device == "cpu"
    assert "out of memory" in by.fallback_reason


def threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="cannot count threads here")
def test_gpu_that_never_returns_stops_neither_the_sound_nor_its_end(
    gpu: Gpu, audio: Samples
) -> None:
    before = threads()
    player = live_engine("cuda")
    play_live(player, audio[:, :5120].copy())
    gpu.gpu_hangs = 1
    block = np.zeros((2, 1024), np.float32)
    player.process(block, block)
    wait_until(lambda: gpu.gpu_busy == 2)  # with a frame, and to be kept warm
    out = np.empty_like(audio)
    player.process(audio, out)
    late = player.latency_samples
    assert player.counters.late_frames > 20
    np.testing.assert_allclose(out[:, 2 * late :], audio[:, late:-late], atol=1e-6)
    del player  # hangs otherwise
    assert threads() > before, "the thread that hangs is still there"
    gpu.gpu_hangs = 0
    wait_until(lambda: threads() == before)


def test_gpu_is_kept_warm_between_calls(gpu: Gpu, audio: Samples) -> None:
    effect = equalizer("cuda")
    assert gpu.gpu_runs == 0, "nothing has been played yet"
    effect(audio, 48_000)
    played = gpu.gpu_runs
    wait_until(lambda: gpu.gpu_runs > played + 5)


def test_predictors_go_there_and_come_back(
    gpu: Gpu, audio: Samples, predictor: Callable[..., Path]
) -> None:
    setting = f"auto:{predictor(period_s=0.05)}"
    gpu.cpu_extra_us = 0
    played = [tonecast.Effect(EQUALIZER, attenuation=setting)(audio, 48_000)]
    gpu.cpu_extra_us = SLOW_US
    effect = tonecast.Effect(EQUALIZER, attenuation=setting, device="cuda")
    played.append(effect(audio, 48_000))
    gpu.gpu_runs, gpu.gpu_fails_at = 0, 0
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        played.append(effect(audio, 48_000))
    assert sorted(str(one.message).partition(":")[0] for one in said) == ["loudness", EQUALIZER]
    np.testing.assert_array_equal(played[1], played[0])
    np.testing.assert_array_equal(played[2], played[0])


def test_kernels_are_for_the_cpu(gpu: Gpu, audio: Samples) -> None:
    with pytest.raises(tonecast.Error, match=r"^kernels play on the CPU; for a GPU choose the"):
        tonecast.Effect(LEARNED, backend="kernel-fast", device="cuda")
    kernel, also_kernel = tonecast.Effect(LEARNED), tonecast.Effect(LEARNED, device="auto")
    sound = audio[:, :4000]
    np.testing.assert_array_equal(also_kernel(sound, 16_000), kernel(sound, 16_000))
    assert gpu.gpu_runs == 0
    (path,) = find_effect(LEARNED).files.values()
    on_gpu = load_model(path, device="cuda")
    by = on_gpu.played_by
    assert (by.backend, by.device) == ("onnxruntime", "cuda")


def test_another_device_is_refused(gpu: Gpu) -> None:
    with pytest.raises(tonecast.Error, match=r"no device 'tpu'; choose cpu, cuda or auto"):
        tonecast.Effect(EQUALIZER, device="tpu")  # type: ignore[arg-type]


def test_bench_rows_tell_who_played(gpu: Gpu) -> None:
    case = benchmark.Case(EQUALIZER, "auto", "inline", 1024, 48_000, 2, 0.5, False, device="cuda")
    *_, row = process.measure_here(case)
    assert (row.backend, row.device, row.fallback_reasons) == ("onnxruntime", "cuda", [])
    gpu.gpu_extra_us, gpu.cpu_extra_us = SLOW_US, 0
    *_, row = process.measure_here(case)
    assert (row.backend, row.device, len(row.fallback_reasons)) == ("onnxruntime", "cpu", 1)


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["tonecast", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code


def test_command_line_chooses_and_tells(
    gpu: Gpu,
    audio: Samples,
    write_audio: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call(monkeypatch, "info", EQUALIZER, "--compute", "auto")
    assert "played by\tonnxruntime on cuda" in capsys.readouterr().out
    source = write_audio(tmp_path / "in.wav", audio)
    gpu.gpu_extra_us, gpu.cpu_extra_us = SLOW_US, 0
    call(monkeypatch, "process", str(source), str(tmp_path / "out.wav"),
         "-e", EQUALIZER, "--compute", "cuda")  # fmt: skip
    assert "note: resonance-eq: the GPU is slower than the CPU" in capsys.readouterr().out
    gpu.initialises = 0
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        call(monkeypatch, "info", EQUALIZER, "--compute", "auto")
    said = capsys.readouterr()
    assert "tonecast: resonance-eq: the GPU cannot be used, the CPU plays" in said.err
    assert "played by\tonnxruntime" in said.out
