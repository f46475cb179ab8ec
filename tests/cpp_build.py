"""What is written in C++, built in build/ for tests that run it: one after the other."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SANITIZED = "-DTONECAST_SANITIZE=address,undefined"
WITH_ASSERTIONS = ("-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS=-O1")


def run(*command: str | Path, **environment: str) -> str:
    """What a command prints. It must succeed."""
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(*targets: str, folder: str = "tests", options: Sequence[str] = ()) -> Path:
    """Build targets of cpp_host, or all that there are, in build/`folder`; return that.

    Tests run at once in several processes, and CMake takes no care of others in its folder.
    """
    path = ROOT / "build" / folder
    path.mkdir(parents=True, exist_ok=True)
    with (path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        configure = ("-S", ROOT / "cpp_host", "-B", path, "-G", "Ninja", "-DTONECAST_TESTS=ON")
        run("cmake", *configure, *options)
        run("cmake", "--build", path, *(("--target", *targets) if targets else ()))
    return path
