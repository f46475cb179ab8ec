"""Excerpts of a recording: where they begin, aligned in loudness, with soft ends."""

from __future__ import annotations

import zlib

import numpy as np

from ....plugin_core.errors import Error
from ..resonances import Audio
from .config import MIN_EXCERPT_S
from .loudness import loudness_lufs

QUIETEST_LUFS = -50.0  # quieter excerpts are pauses
ATTEMPTS = 50
FADE_S = 0.02  # an excerpt is played in a loop


def choose_starts(
    name: str, audio: Audio, sample_rate_hz: int, length: int, count: int, seed: int
) -> list[int]:
    """First samples of `count` excerpts of `length` samples of `audio` [channels, samples].

    They are drawn by the seed and the recording's name, do not overlap and are not silent. Raise
    tonecast.Error where the recording has no such places.
    """
    samples = audio.shape[1]
    if samples < round(MIN_EXCERPT_S * sample_rate_hz):
        raise Error(
            f"{name} is {samples / sample_rate_hz:.1f} s long, less than {MIN_EXCERPT_S:g} s; "
            f"leave it out"
        )
    starts: list[int] = []
    for i in range(count):
        rng = np.random.default_rng([seed, 11, zlib.crc32(name.encode()), i])
        for _ in range(ATTEMPTS):
            start = int(rng.integers(max(0, samples - length) + 1))
            apart = all(abs(start - other) >= length for other in starts)
            sound = audio[:, start : start + length]
            if apart and loudness_lufs(sound, sample_rate_hz) > QUIETEST_LUFS:
                starts.append(start)
                break
        else:
            raise Error(
                f"{name}: found {len(starts)} of {count} excerpts of "
                f"{length / sample_rate_hz:g} s that are not silent; leave it out or ask for fewer"
            )
    return starts


def soften_ends(audio: Audio, sample_rate_hz: int) -> Audio:
    """`audio` [channels, samples], faded in and out by raised cosines."""
    fade = round(FADE_S * sample_rate_hz)
    ramp = np.asarray(np.sin(np.linspace(0, np.pi / 2, fade)) ** 2, np.float32)
    softened = audio.copy()
    softened[:, :fade] *= ramp
    softened[:, -fade:] *= ramp[::-1]
    return softened
