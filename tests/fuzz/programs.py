"""The fuzzers that are written in C++: built as the C++ tests are, and run."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tonecast.plugin_core.effect_files.loading import onnxruntime_library

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
EFFECT_FILES = HERE / "corpus" / "effect_files"
CRASHES = HERE / "corpus" / "crashes"  # each of them has ended a process once
AUDIO_FILES = HERE / "corpus" / "audio_files"


def build(folder: str, target: str, *options: str) -> Path:
    """The program `target`, built in build/`folder`."""
    build_folder = ROOT / "build" / folder
    configure = ("-S", ROOT / "cpp_host", "-B", build_folder, "-G", "Ninja", "-DTONECAST_TESTS=ON")
    for arguments in ((*configure, *options), ("--build", build_folder, "--target", target)):
        done = subprocess.run(("cmake", *arguments), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{arguments} failed:\n{done.stdout}\n{done.stderr}"
    return build_folder / "tests" / "fuzz" / target


def play(
    program: Path, framed_files: Iterable[bytes], findings: Path, mutations: int = 0, seed: int = 1
) -> dict[str, int]:
    """Plays files, each behind its length, and mutations of them; counts what became of them."""
    command = [program, onnxruntime_library(), findings, str(mutations), str(seed)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None and process.stdout is not None
    with process:
        for file in framed_files:
            process.stdin.write(file)
        process.stdin.close()
        counts: dict[str, int] = json.loads(process.stdout.read())
    return counts


def went_wrong(counts: dict[str, int]) -> int:
    """How many files ended a process, hung, or needed too much memory."""
    kinds = ("crashed_loading", "crashed_playing", "hung", "too_much_memory")
    return sum(counts[kind] for kind in kinds)
