"""A short run of the fuzzer over what the reader of pairs is given; `make fuzz` runs it long."""

from collections.abc import Iterator
from pathlib import Path

from children import try_all
from programs import AUDIO_FILES
from random_audio import audio_files, originals
from read_audio import PairReader


def stored() -> Iterator[tuple[str, bytes]]:
    return ((path.suffix, path.read_bytes()) for path in sorted(AUDIO_FILES.iterdir()))


def reader(folder: Path) -> PairReader:
    return PairReader(folder, originals()[0][1])


def test_files_that_were_hard_to_read_are_read_or_refused(tmp_path: Path) -> None:
    outcome = try_all(stored(), reader(tmp_path))
    assert outcome.findings == [], outcome.answers


def test_audio_files_that_are_nearly_right_are_read_or_refused(tmp_path: Path) -> None:
    outcome = try_all(audio_files(seed=1, count=300), reader(tmp_path))
    assert outcome.findings == [], outcome.answers
    assert outcome.answers["read"] > 50
    assert outcome.answers["refused"] > 50
