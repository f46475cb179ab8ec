"""Playing on a GPU: what there is to say without one, and the rest with a fake."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
import tonecast
from cpp_build import ROOT, build
from numpy.typing import NDArray
from tonecast.plugin_core.effect_files import cuda
from tonecast.plugin_core.effect_files.loading import onnxruntime_library

Samples = NDArray[np.float32]

without_cuda = pytest.mark.skipif(
    (onnxruntime_library().parent / cuda.PROVIDER).exists(),
    reason="the installed onnxruntime has CUDA",
)


def test_library_that_passes_for_one_with_a_gpu() -> None:
    fake = build("fake_cuda") / "tests" / "libfake_cuda.so"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
         Path(__file__).with_name("on_fake_cuda.py")],
        env={
            **os.environ,
            "FAKE_CUDA": str(fake),
            "REAL_ONNXRUNTIME": str(onnxruntime_library()),
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@without_cuda
def test_usual_onnxruntime_has_none(noise: Callable[..., Samples]) -> None:
    with pytest.raises(tonecast.Error, match=r"onnxruntime \S+ has no CUDA; run 'pip uninstall"):
        tonecast.Effect("resonance-eq", device="cuda")
    audio = noise(2, 8000)
    anywhere = tonecast.Effect("resonance-eq", device="auto")(audio, 48_000)
    np.testing.assert_array_equal(anywhere, tonecast.Effect("resonance-eq")(audio, 48_000))


def test_nvidia_s_packages_are_loaded_for_it_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever lies around it; one that cannot be loaded is ONNX Runtime's to complain about."""
    for name in ("cudnn/lib/libcudnn.so.9", "cublas/lib/libcublas.so.12", "cublas/lib/libnvblas.so",
                 "cu13/lib/libcublas.so.13", "cuda_runtime/lib/libcudart.so.12"):  # fmt: skip
        (tmp_path / "nvidia" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "nvidia" / name).touch()
    found = ModuleSpec("nvidia", None, is_package=True)
    found.submodule_search_locations = [str(tmp_path / "nvidia")]
    monkeypatch.setattr(cuda, "find_spec", lambda name: found)
    loaded: list[str] = []

    def load(path: str) -> None:
        loaded.append(Path(path).name)
        raise OSError("not a library")

    monkeypatch.setattr(ctypes, "CDLL", load)
    library = tmp_path / "libonnxruntime.so.1"
    cuda.preload_cuda.__wrapped__(library)
    assert loaded == [], "without CUDA there is nothing to load"
    (tmp_path / cuda.PROVIDER).touch()
    cuda.preload_cuda.__wrapped__(library)
    assert loaded == ["libcudart.so.12", "libcublas.so.13", "libcublas.so.12", "libcudnn.so.9"]
