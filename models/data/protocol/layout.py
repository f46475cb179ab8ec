"""What is when in the protocol, in seconds, version 1.

Whoever changes a time changes the pattern of the clicks, too: recordings of earlier versions stay
in use, and the clicks are what they are recognised by.
"""

from __future__ import annotations

from dataclasses import dataclass

NAME = "Tonecast's recording protocol"
SAMPLE_RATE_HZ = 48_000
BITS = 24


@dataclass(frozen=True)
class Click:
    """A click at `time_s` with a peak of `level` (full scale = 1), negative for the other sign."""

    time_s: float
    level: float


@dataclass(frozen=True)
class Part:
    """A stretch of the recording: begin and end in seconds."""

    begin_s: float
    end_s: float


LOUD, SOFT = 0.5, 0.125
# Distances between clicks: no two alike, so no shift of the pattern fits on itself. Each is longer
# than the response of any device that can be captured.
_CLICK_DISTANCES_S = (0.23, 0.29, 0.37, 0.25, 0.41, 0.31, 0.27)
_CLICK_LEVELS = (LOUD, -LOUD, SOFT, LOUD, -SOFT, -LOUD, SOFT, -SOFT)


def _clicks(begin_s: float) -> tuple[Click, ...]:
    times_s = [begin_s]
    for distance_s in _CLICK_DISTANCES_S:
        times_s.append(times_s[-1] + distance_s)
    return tuple(Click(t, level) for t, level in zip(times_s, _CLICK_LEVELS, strict=True))


FIRST_CLICKS = _clicks(0.5)
NOISE_FLOOR = Part(3.2, 5.0)  # silence

TONE_HZ = 1000.0
TONE_S, TONE_PAUSE_S = 0.5, 0.1
TONE_LEVELS_DB = (-60.0, -48.0, -40.0, -32.0, -24.0, -18.0, -12.0, -6.0, -1.0)  # peaks, dBFS
TONES = tuple(
    Part(5.0 + k * (TONE_S + TONE_PAUSE_S), 5.0 + k * (TONE_S + TONE_PAUSE_S) + TONE_S)
    for k in range(len(TONE_LEVELS_DB))
)

SWEEP_HZ = (20.0, 20_000.0)
SWEEP_LEVELS_DB = (-30.0, -6.0)
SWEEPS = (Part(10.5, 14.5), Part(15.0, 19.0))

NOISE_LEVELS_DB = (-48.0, -36.0, -24.0, -15.0)  # RMS, dBFS
NOISES = (Part(19.5, 21.0), Part(21.0, 22.5), Part(22.5, 24.0), Part(24.0, 25.5))

PLAYING = Part(26.0, 122.0)
VALIDATION = Part(123.0, 132.0)
TEST = Part(133.0, 145.0)
LAST_CLICKS = _clicks(146.0)
END_S = 149.0

TRAINING = Part(TONES[0].begin_s, PLAYING.end_s + 0.5)
