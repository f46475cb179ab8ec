"""The fuzzers that are written in C++: built as the C++ tests are, and run."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from cpp_build import build
from tonecast.plugin_core.effect_files.loading import onnxruntime_library

HERE = Path(__file__).parent
EFFECT_FILES = HERE / "corpus" / "effect_files"
CRASHES = HERE / "corpus" / "crashes"  # each of them has ended a process once
AUDIO_FILES = HERE / "corpus" / "audio_files"


def built(target: str, folder: str = "tests", options: Sequence[str] = ()) -> Path:
    """The program `target`, built in build/`folder`."""
    return build(target, folder=folder, options=options) / "tests" / "fuzz" / target


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
