"""Builds and runs the C++ tests of cpp_host/tests, plain and with sanitizers."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from clang import find_clang, needs_clang
from cpp_build import ROOT, SANITIZED, WITH_ASSERTIONS, build, run
from system_packages import needs


def _run_all(folder: Path, names: str = "test_*") -> None:
    programs = sorted(folder.glob(f"tests/{names}"))
    programs = [p for p in programs if p.is_file() and os.access(p, os.X_OK)]
    assert programs
    for program in programs:
        assert re.search(r"[1-9]\d* passed, 0 failed", run(program))


def test_cpp_tests_pass() -> None:
    _run_all(build())


@pytest.mark.slow
def test_cpp_tests_are_clean_under_address_and_undefined_behaviour_sanitizers() -> None:
    _run_all(build(folder="sanitized", options=(*WITH_ASSERTIONS, SANITIZED)))


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "test_worker",
        "test_filter_engine",
        "test_chain",
        "test_live",
        "test_control_worker",
        "test_device",
        "test_kernel_model",
        "test_training",
    ],
)
def test_threads_do_not_race(name: str) -> None:
    options = (*WITH_ASSERTIONS, "-DTONECAST_SANITIZE=thread")
    folder = build(name, folder="threads", options=options)
    _run_all(folder, name)


ALLOCATES = """
#include "engine/nonblocking.h"
#include <cstdlib>
void* process() noexcept TONECAST_NONBLOCKING { return std::malloc(16); }
int main() { return process() == nullptr; }
"""


@pytest.mark.slow
@needs_clang()
def test_audio_thread_calls_nothing_that_may_wait(tmp_path: Path) -> None:
    clang = find_clang()
    assert clang is not None
    for name in (
        "test_engine",
        "test_filter_engine",
        "test_worker",
        "test_control",
        "test_live",
        "test_kernel_model",
    ):
        folder = build(name, folder="realtime", options=clang.options("realtime"))
        _run_all(folder, name)
    source, program = tmp_path / "allocates.cpp", tmp_path / "allocates"
    source.write_text(ALLOCATES)
    include = f"-I{ROOT / 'cpp_host'}"
    run(clang.compiler, "-fsanitize=realtime", *clang.link, include, source, "-o", program)
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "real-time unsafe function `malloc`" in done.stderr


ARM_COMPILER, ARM_EMULATOR = "aarch64-linux-gnu-g++", "qemu-aarch64"


@pytest.mark.slow
@needs(ARM_COMPILER, ARM_EMULATOR)
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("test_frame_kernel", "neon, CAE"),
        ("test_wavenet_kernels", "neon, wavenet"),
        ("test_recurrent_kernels", "neon, recurrent"),
        ("test_dynamics_kernels", "dynamics"),
        ("test_filter_kernels", "neon, filter"),
    ],
)
def test_kernels_compute_the_same_on_arm(name: str, says: str) -> None:
    options = (
        "-DCMAKE_SYSTEM_NAME=Linux",
        "-DCMAKE_SYSTEM_PROCESSOR=aarch64",
        f"-DCMAKE_CXX_COMPILER={ARM_COMPILER}",
        "-DCMAKE_EXE_LINKER_FLAGS=-static",
    )
    folder = build(name, folder="arm", options=options)
    out = run(ARM_EMULATOR, folder / "tests" / name)
    assert says in out
    assert re.search(r"[1-9]\d* passed, 0 failed", out)
