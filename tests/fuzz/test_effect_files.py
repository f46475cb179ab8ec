"""A short run of the fuzzers over effect files, the same every time; `make fuzz` runs them long."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cpp_build import SANITIZED, WITH_ASSERTIONS
from programs import CRASHES, EFFECT_FILES, built, play, went_wrong
from random_graphs import effect_files, framed, operators

MUTATIONS = 10_000


def stored(*folders: Path) -> Iterator[bytes]:
    return (path.read_bytes() for folder in folders for path in sorted(folder.iterdir()))


def test_the_corpus_is_small() -> None:
    sizes = [len(file) for file in stored(EFFECT_FILES, CRASHES)]
    assert 50 < len(sizes) < 500
    assert sum(sizes) < 1e6


def test_the_reader_takes_or_refuses_what_it_is_given() -> None:
    replay = built("fuzz_replay")
    subprocess.run([replay, str(MUTATIONS), EFFECT_FILES, CRASHES], check=True)


@pytest.mark.slow
def test_the_reader_is_clean_under_sanitizers() -> None:
    replay = built("fuzz_replay", "sanitized", (*WITH_ASSERTIONS, SANITIZED))
    subprocess.run([replay, str(MUTATIONS), EFFECT_FILES, CRASHES], check=True)


def test_no_file_of_the_corpus_ends_a_process(tmp_path: Path) -> None:
    counts = play(built("play_effect_files"), framed(stored(EFFECT_FILES, CRASHES)), tmp_path)
    assert went_wrong(counts) == 0, sorted(path.name for path in tmp_path.iterdir())
    assert counts["loaded"] > 20


def test_random_graphs_end_no_process(tmp_path: Path) -> None:
    files = framed(effect_files(seed=1, count=1500))
    counts = play(built("play_effect_files"), files, tmp_path, mutations=2)
    assert went_wrong(counts) == 0, sorted(path.name for path in tmp_path.iterdir())
    assert counts["loaded"] > 200  # the graphs are not all nonsense


def test_random_graphs_are_the_same_for_a_seed_and_have_every_operator() -> None:
    files = list(effect_files(seed=1, count=3000))
    assert files == list(effect_files(seed=1, count=3000))
    assert files != list(effect_files(seed=2, count=3000))
    whole = b"".join(files)
    assert len(operators()) > 100
    assert [name for name in operators() if name.encode() not in whole] == []
