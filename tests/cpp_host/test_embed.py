"""A C++ program of thirty lines plays an effect file: the engine, installed and found by CMake."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from cpp_build import ROOT, build
from tonecast import Effect, shipped_effects
from tonecast.plugin_core.effect_files.loading import onnxruntime_library


def run(*command: str | Path, sound: bytes | None = None) -> bytes:
    done = subprocess.run(command, input=sound, capture_output=True, check=False)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout!r}\n{done.stderr!r}"
    return done.stdout


@pytest.fixture(scope="module")
def embed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """examples/embed, built against an installed engine."""
    folder = tmp_path_factory.mktemp("embed")
    engine = build("tonecast_engine", "tonecast_kernels")
    run("cmake", "--install", engine, "--prefix", folder / "prefix")
    found = f"-DCMAKE_PREFIX_PATH={folder / 'prefix'}"
    run("cmake", "-S", ROOT / "examples" / "embed", "-B", folder / "build", "-G", "Ninja", found)
    run("cmake", "--build", folder / "build")
    return folder / "build" / "embed"


@pytest.mark.parametrize("name", ["low-shelf", "resonance-eq"])
def test_program_gives_the_samples_of_python(embed: Path, name: str) -> None:
    rng = np.random.default_rng(1)
    audio = (0.1 * rng.standard_normal((2, 20_000))).astype(np.float32)
    path = shipped_effects()[name].files[48_000]
    played = run(embed, path, onnxruntime_library(), sound=audio.T.tobytes())
    out = np.frombuffer(played, np.float32).reshape(-1, 2).T
    with Effect(name).stream(48_000, max_block=audio.shape[1]) as stream:
        np.testing.assert_array_equal(out, stream.process(audio))


def test_program_says_in_one_line_what_is_wrong(embed: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(b"")
    command = (embed, tmp_path / "broken.onnx", onnxruntime_library())
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(b"embed: ")
    assert done.stderr.count(b"\n") == 1
