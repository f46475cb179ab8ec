from pathlib import Path

import numpy as np
import pytest
from tonecast.models.data.pair.levels import (
    audible_span,
    check_clipping,
    check_length,
    check_silence,
    clipped_samples,
    compare_lengths,
)

PATH = Path("box.wav")


def test_clipped_samples_are_counted(performance) -> None:
    loud = np.clip(4 * performance, -1, 1)
    stand = np.abs(loud) == 1
    assert 0 < clipped_samples(loud) <= stand.sum()
    assert clipped_samples(loud) > 0.9 * stand.sum()  # single peaks that touch it are not counted
    said = check_clipping(PATH, loud)
    assert said.kind == "warning"
    assert f"{clipped_samples(loud)} samples are at full scale" in said.message
    assert "record it again with less level" in said.message


def test_peaks_that_only_come_near_do_not_clip(performance) -> None:
    assert check_clipping(PATH, 0.99 * performance / np.abs(performance).max()).kind == "passed"
    assert check_clipping(PATH, performance / np.abs(performance).max()).kind == "passed"
    assert clipped_samples(np.clip(4 * performance, -3, 3)) == 0  # floating point goes beyond 1
    assert clipped_samples(np.clip(performance, -0.3, 0.3)) == 0  # the box does it, not the file


def test_silence_is_refused(performance) -> None:
    check_silence(PATH, 0.01 * performance)
    with pytest.raises(ValueError, match=r"box.wav holds nothing but silence; check the cables"):
        check_silence(PATH, 0.0005 * performance)


def test_too_little_sound_is_refused_however_long_the_file(performance) -> None:
    assert check_length(performance, 16_000).kind == "warning"
    assert check_length(np.tile(performance, 11), 16_000).kind == "passed"
    short = np.pad(performance[: 2 * 16_000], (0, 20 * 16_000))
    with pytest.raises(ValueError, match=r"share [12]\.\d s of sound, too short for training"):
        check_length(short, 16_000)


def test_lengths_are_compared(performance) -> None:
    paths = (Path("dry.wav"), Path("wet.wav"))
    assert compare_lengths(paths, (performance, performance[:-100]), 16_000)[0].kind == "passed"
    (said,) = compare_lengths(paths, (performance, performance[: 4 * 16_000]), 16_000)
    assert said.message == "dry.wav lasts 6.0 s and wet.wav 4.0 s; the common part is used."


def test_silence_around_the_music_is_left_out(performance) -> None:
    first, last = audible_span(np.pad(performance, (5000, 7000)))
    assert 5000 <= first < 5000 + 3200
    assert last <= 5000 + len(performance)
    assert last - first > 0.9 * len(performance)
