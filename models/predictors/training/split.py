"""Splits that never put a recording, in whatever variant, on two sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....plugin_core.errors import Error

Indices = NDArray[np.int64]

SEARCHES = 3  # splits that a trial of settings is judged by
ATTEMPTS = 100  # to fill a side with whole recordings, in random order


@dataclass(frozen=True)
class FoldSplit:
    """Tracks by number."""

    test: Indices
    training: Indices

    def with_extra(self, recordings: Sequence[str], extra: Indices) -> FoldSplit:
        """Train on `extra` tracks, too, except those of recordings that test."""
        taken = {recordings[i] for i in self.test}
        free = [int(i) for i in extra if recordings[i] not in taken]
        return FoldSplit(self.test, np.array([*self.training, *free], np.int64))


def search_splits(
    recordings: Sequence[str], tracks: Indices, size: int, seed: int
) -> list[FoldSplit]:
    """Splits for the search of hyper-parameters, each with `size` tracks to test.

    The paper sets ten more apart to stop early by; here they are trained on, see `fit`. No one of
    `tracks` is in two test sets. Raise tonecast.Error if the recordings do not add up.
    """
    rng = np.random.default_rng([seed, 6])
    free = tracks
    splits = []
    for _ in range(SEARCHES):
        test = _whole_recordings(recordings, free, size, rng)
        free = np.setdiff1d(free, test)
        splits.append(FoldSplit(test, np.setdiff1d(tracks, test)))
    return splits


def folds(recordings: Sequence[str], tracks: Indices, seed: int, count: int = 5) -> list[FoldSplit]:
    """Cross-validation over `tracks`: every one is in the test of one fold.

    Recordings go to the fold that is emptiest, the largest first, those of one size in random
    order. Raise tonecast.Error if there are fewer recordings than folds.
    """
    rng = np.random.default_rng([seed, 7])
    groups = _by_recording(recordings, tracks)
    if len(groups) < count:
        raise Error(f"{len(groups)} recordings cannot be split into {count} folds")
    order = rng.permutation(len(groups))
    sides: list[list[int]] = [[] for _ in range(count)]
    for i in sorted(order, key=lambda i: -len(groups[i])):
        min(sides, key=len).extend(groups[i])
    splits = []
    for side in sides:
        test = np.array(sorted(side))
        splits.append(FoldSplit(test, np.setdiff1d(tracks, test)))
    return splits


def _whole_recordings(
    recordings: Sequence[str], tracks: Indices, size: int, rng: np.random.Generator
) -> Indices:
    groups = _by_recording(recordings, tracks)
    for _ in range(ATTEMPTS):
        chosen: list[int] = []
        for i in rng.permutation(len(groups)):
            if len(chosen) + len(groups[i]) <= size:
                chosen += groups[i]
        if len(chosen) == size:
            return np.array(sorted(chosen))
    raise Error(f"whole recordings do not add up to {size} tracks; add recordings")


def _by_recording(recordings: Sequence[str], tracks: Indices) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for track in tracks:
        groups.setdefault(recordings[track], []).append(int(track))
    return list(groups.values())
