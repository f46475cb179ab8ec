"""Excerpts of a recording: where they begin, aligned in loudness, with soft ends."""

from __future__ import annotations

import zlib

import numpy as np

from ....plugin_core.errors import Error
from ..recordings import SAMPLE_RATE_HZ
from ..resonances import Audio
from .config import MIN_EXCERPT_S, StudyConfig
from .loudness import loudness_lufs
from .sources import Source

QUIETEST_LUFS = -50.0  # quieter excerpts are pauses
ATTEMPTS = 50
FADE_S = 0.02  # an excerpt is played in a loop


def choose_starts(source: Source, audio: Audio, config: StudyConfig) -> list[int]:
    """First samples of `excerpts_per_recording` excerpts of `audio` [channels, samples].

    They are drawn by the study's seed and the recording's name, do not overlap and are not silent.
    Raise tonecast.Error where the recording has no such places.
    """
    samples, wanted = audio.shape[1], config.excerpt_samples
    if samples < round(MIN_EXCERPT_S * SAMPLE_RATE_HZ):
        raise Error(
            f"{source.name} is {samples / SAMPLE_RATE_HZ:.1f} s long, less than "
            f"{MIN_EXCERPT_S:g} s; leave it out"
        )
    starts: list[int] = []
    for i in range(config.excerpts_per_recording):
        rng = np.random.default_rng([config.seed, 11, zlib.crc32(source.name.encode()), i])
        for _ in range(ATTEMPTS):
            start = int(rng.integers(max(0, samples - wanted) + 1))
            apart = all(abs(start - other) >= wanted for other in starts)
            sound = audio[:, start : start + wanted]
            if apart and loudness_lufs(sound, SAMPLE_RATE_HZ) > QUIETEST_LUFS:
                starts.append(start)
                break
        else:
            raise Error(
                f"{source.name}: found {len(starts)} of {config.excerpts_per_recording} excerpts "
                f"of {config.excerpt_s:g} s that are not silent; leave it out or ask for fewer"
            )
    return starts


def soften_ends(audio: Audio) -> Audio:
    """`audio` [channels, samples], faded in and out by raised cosines."""
    fade = round(FADE_S * SAMPLE_RATE_HZ)
    ramp = np.asarray(np.sin(np.linspace(0, np.pi / 2, fade)) ** 2, np.float32)
    softened = audio.copy()
    softened[:, :fade] *= ramp
    softened[:, -fade:] *= ramp[::-1]
    return softened
