"""Kernels play the papers' networks as ONNX Runtime does, and who plays is no secret."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pytest
import tonecast
from numpy.typing import NDArray
from papers import PAPERS
from tonecast.plugin_core import _engine
from tonecast.plugin_core.callback_benchmark import benchmark
from tonecast.plugin_core.cli import main
from tonecast.plugin_core.effect_files.loading import Backend, load_onnxruntime
from tonecast.plugin_core.effect_files.uniform import uniform
from tonecast.plugin_core.effect_files.windows import make_window

Samples = NDArray[np.float32]

LEARNED = [str(path) for path in PAPERS.values()]
SETS = _engine.testing.instruction_sets()
FRAME = 1024


def play(path: str, backend: str, instruction_set: str, frames: Samples) -> Samples:
    load_onnxruntime()
    runner = _engine.FrameRunner(_engine.Model(path, backend, instruction_set), 1)
    return np.concatenate([runner.run(frame, {}) for frame in frames])


def windowed_noise(count: int) -> Samples:
    noise = (uniform(3, count * FRAME) - 0.5).reshape(count, 1, FRAME)
    return (noise * make_window("hann", FRAME)).astype(np.float32)


def dying_away(count: int) -> Samples:
    """The second half of each frame 80 dB below the first."""
    frames = windowed_noise(count)
    frames[:, :, FRAME // 2 :] *= 1e-4
    return frames


@pytest.mark.parametrize("path", LEARNED, ids=list(PAPERS))
def test_kernels_agree_with_onnx_runtime_up_to_near_ties(path: str) -> None:
    """Where two samples of a pool are as good as equal, rounding decides which one is kept.

    That moves one kernel of 8192 and changes the frame by up to some percent, between any two ways
    to sum up; hence medians, tails and the error of all frames together. Played fast, the local
    layer has weights of 16 bits.
    """
    for frames, median in ((windowed_noise(100), 1e-5), (dying_away(50), 1e-2)):
        wanted = play(path, "onnxruntime", "", frames)
        for instruction_set in SETS:
            for backend in ("kernel-exact", "kernel-fast"):
                error = play(path, backend, instruction_set, frames) - wanted
                relative = np.abs(error).max(axis=1) / np.abs(wanted).max(axis=1)
                case = f"{instruction_set} {backend}"
                limit = max(median, 1e-4) if backend == "kernel-fast" else median
                assert np.median(relative) < limit, case
                assert np.percentile(relative, 99) < 0.05, case
                assert np.square(error).sum() / np.square(wanted).sum() < 1e-4, case


def test_fastest_set_is_used_unless_another_is_named() -> None:
    frames = windowed_noise(2)
    for backend in ("kernel-exact", "kernel-fast"):
        named = play(LEARNED[0], backend, SETS[0], frames)
        np.testing.assert_array_equal(play(LEARNED[0], backend, "", frames), named)


def test_effect_plays_by_the_means_that_was_asked_for(
    noise: Callable[..., Samples],
) -> None:
    audio = noise(2, 8000)
    played = {
        backend: tonecast.Effect(LEARNED[0], backend=backend)(audio, 16_000)
        for backend in ("auto", "kernel", "kernel-fast", "kernel-exact", "onnxruntime")
    }
    np.testing.assert_array_equal(played["auto"], played["kernel-fast"])
    np.testing.assert_array_equal(played["kernel"], played["kernel-fast"])
    for backend in ("kernel-fast", "kernel-exact"):
        error = played[backend] - played["onnxruntime"]
        assert np.any(error), "not another way at all"
        assert np.square(error).sum() / np.square(played["onnxruntime"]).sum() < 1e-4


def test_backends_that_cannot_play_are_refused_in_one_line() -> None:
    with pytest.raises(tonecast.Error, match=r"contract names none; play it with the backend"):
        tonecast.Effect("resonance-eq", backend="kernel")
    with pytest.raises(tonecast.Error, match=r"no backend 'abacus'; choose auto, onnxruntime"):
        tonecast.Effect(LEARNED[0], backend="abacus")  # type: ignore[arg-type]


def test_backend_that_plays_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, backend in ((LEARNED[0], "kernel-fast"), ("resonance-eq", "onnxruntime")):
        monkeypatch.setattr(sys, "argv", ["tonecast", "info", name])
        with pytest.raises(SystemExit):
            main()
        assert f"played by\t{backend}" in capsys.readouterr().out


@pytest.mark.parametrize("backend", ["kernel-fast", "kernel-exact"])
def test_callback_allocates_nothing(backend: Backend) -> None:
    """As `tonecast bench` counts it, whichever library would have done it."""
    case = benchmark.Case(
        LEARNED[0], backend, "inline", 64, 48_000, 2, 0.5, paced=False, hop_size_samples=64
    )
    *_, row = benchmark.measure(case)
    assert row.backend == backend
    assert row.frames is not None
    assert row.frames > 100
    if row.allocations is None:
        pytest.skip("allocations cannot be counted on this system")
    assert (row.allocations, row.frees) == (0, 0)
