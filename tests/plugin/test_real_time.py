"""Builds and runs cpp_host/plugin/tests: the plugin in a host of our own that plays it live."""

import shutil
import subprocess
from pathlib import Path

import pytest


def test_audio_thread_never_waits(bundles: Path):
    build = bundles.parents[2]
    if shutil.which("cmake") is None or not (build / "CMakeCache.txt").exists():
        pytest.skip("the plugin was built elsewhere")
    command = ["cmake", "--build", build, "--target", "test_plugin"]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout
    done = subprocess.run(
        [bundles / "Standalone" / "test_plugin"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
