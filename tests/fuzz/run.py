"""Run the fuzzers for long, and say what they found.

    python tests/fuzz/run.py --inputs 1000000 --findings build/findings

A quarter of the inputs are random graphs; each is played in a child process, and so are three
mutations of it. As many inputs go to the reader of effect files alone, under sanitizers, where
there is a Clang with libFuzzer (`make clang`), and a hundredth are audio files. What is found is
written below FINDINGS; the exit code is 1 where that is anything.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

from children import try_all
from clang import find_clang
from programs import CRASHES, EFFECT_FILES, built, play, went_wrong
from random_audio import audio_files, originals
from random_graphs import effect_files, framed
from read_audio import PairReader

MUTATIONS = 3


def main() -> int:
    """Runs all of them, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--findings", type=Path, default=Path("build/findings"))
    arguments = parser.parse_args()
    arguments.findings.mkdir(parents=True, exist_ok=True)
    runs = (_play, _read, _read_audio)
    found = [run(arguments.inputs, arguments.seed, arguments.findings) for run in runs]
    return int(any(found))


def _play(inputs: int, seed: int, findings: Path) -> int:
    files = framed(effect_files(seed, inputs // (MUTATIONS + 1)))
    program = built("play_effect_files")
    counts = play(program, files, findings / "played", MUTATIONS, seed)
    print("played:", ", ".join(f"{what} {count}" for what, count in counts.items()), flush=True)
    return went_wrong(counts)


def _read(inputs: int, seed: int, findings: Path) -> int:
    clang = find_clang()
    if clang is None:
        print("read: not run, there is no Clang with libFuzzer: make clang", flush=True)
        return 0
    options = (
        *clang.options("address,undefined"),
        "-DCMAKE_BUILD_TYPE=Debug",
        "-DCMAKE_CXX_FLAGS=-O1 -fsanitize=fuzzer-no-link",
    )
    program = built("fuzz_effect_file", "fuzz", options)
    with tempfile.TemporaryDirectory() as corpus:
        limits = ["-timeout=5", "-rss_limit_mb=2560", f"-artifact_prefix={findings}/read-"]
        done = subprocess.run(
            [program, f"-runs={inputs}", f"-seed={seed}", *limits, corpus, EFFECT_FILES, CRASHES],
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    last = re.findall(r"^.*(?:SUMMARY|Done|cov:).*$", done.stderr, re.MULTILINE)[-2:]
    print("read:", *last, flush=True)
    return int(done.returncode != 0)


def _read_audio(inputs: int, seed: int, findings: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        reader = PairReader(Path(folder), originals()[0][1])
        outcome = try_all(audio_files(seed, inputs // 100), reader)
    for i, (what, (suffix, content)) in enumerate(outcome.findings):
        (findings / f"audio-{what}-{i}{suffix}").write_bytes(content)
    counts = ", ".join(f"{what} {count}" for what, count in outcome.answers.most_common())
    print(f"audio files: {outcome.inputs}, of which {counts}", flush=True)
    return len(outcome.findings)


if __name__ == "__main__":
    sys.exit(main())
