"""Ours beside Essentia's on real recordings; `descriptor_agreement.py` has the table."""

import numpy as np
import pytest
from tonecast.benchmarks.predictors.descriptor_agreement import (
    NOT_IN_ESSENTIA,
    REASONS,
    compare,
    describe,
    windows,
)
from tonecast.benchmarks.predictors.essentia_oracle import INSTALLED, Oracle
from tonecast.benchmarks.quality.material import AUDIO
from tonecast.models.predictors.descriptors.descriptors import DESCRIPTORS

pytestmark = [
    pytest.mark.skipif(not INSTALLED, reason="Essentia (AGPL, optional) is not installed"),
    pytest.mark.skipif(not AUDIO.is_dir(), reason=f"{AUDIO} is not there"),
    pytest.mark.filterwarnings("ignore"),  # Essentia's own
]


def test_every_descriptor_agrees_or_differs_for_the_reason_given() -> None:
    oracle = Oracle()
    sounds = [audio for _, audio in windows()][::10]
    assert len(sounds) > 10
    ours = [describe(audio) for audio in sounds]
    theirs = [oracle.as_it_is(audio.mean(axis=0)) for audio in sounds]
    alike = [oracle.alike(audio.mean(axis=0)) for audio in sounds]
    for name in DESCRIPTORS:
        if name in NOT_IN_ESSENTIA:
            continue
        mine = np.array([values[name] for values in ours])
        essentia = np.array(
            [
                (brought if name in brought else plain)[name]
                for plain, brought in zip(theirs, alike, strict=True)
            ]
        )
        if name == "flux":
            mine, essentia = mine[:, 1:], essentia[:, 1:]
        if name.startswith("gfcc"):
            mine = mine - np.median(mine - essentia)
        assert compare(mine.ravel(), essentia.ravel()).within > 0.99, (name, REASONS.get(name))
