"""Builds and runs the C++ tests of cpp_host/tests, plain and with sanitizers."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _build(name: str, *options: str) -> Path:
    folder = ROOT / "build" / name
    _run(
        "cmake",
        "-S",
        ROOT / "cpp_host",
        "-B",
        folder,
        "-G",
        "Ninja",
        "-DTONECAST_TESTS=ON",
        *options,
    )
    _run("cmake", "--build", folder)
    return folder


def _run_all(folder: Path) -> None:
    programs = sorted(folder.glob("tests/test_*"))
    programs = [p for p in programs if p.is_file() and os.access(p, os.X_OK)]
    assert programs
    for program in programs:
        assert re.search(r"[1-9]\d* passed, 0 failed", _run(program))


@pytest.mark.timeout(600)
def test_cpp_tests_pass() -> None:
    _run_all(_build("tests"))


@pytest.mark.timeout(900)
def test_cpp_tests_are_clean_under_address_and_undefined_behaviour_sanitizers() -> None:
    if shutil.which("g++") is None and shutil.which("clang++") is None:
        pytest.skip("needs a compiler with sanitizers")
    _run_all(
        _build(
            "sanitized",
            "-DCMAKE_BUILD_TYPE=Debug",
            "-DCMAKE_CXX_FLAGS=-O1",
            "-DTONECAST_SANITIZE=address,undefined",
        )
    )
