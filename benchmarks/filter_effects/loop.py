"""A simulated loop: microphone → suppressor → amplifier → loudspeaker → room → microphone.

Block by block, as a sound card plays it: what the suppressor answers to a block leaves the
loudspeaker `SYSTEM_BLOCKS` blocks later. The room is a simulated impulse response: the direct sound
and exponentially decaying noise. The amplifier clips at full scale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

RATE_HZ = 48_000
BLOCK = 64
SYSTEM_BLOCKS = 3  # in, out, and one in the driver: 4 ms
DISTANCE_M = 2.0  # from the loudspeaker to the microphone
SOUND_M_S = 343.0
DIRECT_OVER_ROOM_DB = 0.0
RINGING_DB = 12.0  # just below ringing, a loop's echoes make it some 6 dB louder

Audio = NDArray[np.float32]
Suppressor = Callable[[Audio], Audio]  # [BLOCK] to as much, with a state


@dataclass(frozen=True)
class Room:
    """`response` is from the loudspeaker to the microphone, the system's delay left out."""

    response: Audio
    direct_samples: int  # before which there is silence

    def loop_gain_db(self) -> float:
        """Of its loudest frequency: above minus this an amplifier rings, if the phase is right."""
        spectrum = np.abs(np.fft.rfft(self.response, 4 * len(self.response)))
        return float(20 * np.log10(spectrum.max()))


def simulated_room(seed: int, decay_s: float = 0.4) -> Room:
    """`decay_s` is the time in which it decays by 60 dB; its loudest frequency has 0 dB."""
    rng = np.random.default_rng(seed)
    samples = round(0.7 * decay_s * RATE_HZ)
    direct = round(DISTANCE_M / SOUND_M_S * RATE_HZ)
    time_s = np.arange(samples) / RATE_HZ
    tail = rng.standard_normal(samples) * 10 ** (-3 * time_s / decay_s)
    tail *= 10 ** (-DIRECT_OVER_ROOM_DB / 20) / np.linalg.norm(tail)
    response = np.zeros(direct + samples)
    response[direct] = 1.0
    response[direct:] += tail
    response = _loudspeaker(response)
    room = Room(response.astype(np.float32), direct)
    return Room(room.response * np.float32(10 ** (-room.loop_gain_db() / 20)), direct)


def _loudspeaker(response: NDArray[np.float64]) -> NDArray[np.float64]:
    """Falls below 100 Hz and above 12 kHz, 12 dB an octave."""
    sections = butter(2, (100, 12_000), "bandpass", fs=RATE_HZ, output="sos")
    shaped: NDArray[np.float64] = sosfilt(sections, response)
    return shaped


@dataclass(frozen=True)
class Played:
    """What went through the loop, at its two ends: [samples]."""

    microphone: Audio
    loudspeaker: Audio


def play(source: Audio, room: Room, gain_db: float, suppress: Suppressor | None = None) -> Played:
    """Play `source` [samples] through the loop with an amplifier of `gain_db`."""
    # Nothing returns before the sound has crossed the system and the room: so much is convolved at
    # once.
    chunk = (SYSTEM_BLOCKS * BLOCK + room.direct_samples) // BLOCK * BLOCK
    gain = np.float32(10 ** (gain_db / 20))
    size = 1 << (len(room.response) + chunk - 1).bit_length()
    response = np.fft.rfft(room.response, size)
    samples = len(source) // chunk * chunk
    coming = np.zeros(samples + size + SYSTEM_BLOCKS * BLOCK, np.float32)
    microphone, loudspeaker = np.zeros((2, samples), np.float32)
    for begin in range(0, samples, chunk):
        for at in range(begin, begin + chunk, BLOCK):
            block = slice(at, at + BLOCK)
            microphone[block] = source[block] + coming[block]
            heard = microphone[block]
            out = heard if suppress is None else suppress(heard)
            loudspeaker[block] = np.clip(out * gain, -1, 1)
        spectrum = np.fft.rfft(loudspeaker[begin : begin + chunk], size)
        returns = begin + SYSTEM_BLOCKS * BLOCK
        coming[returns : returns + size] += np.fft.irfft(spectrum * response, size)
    return Played(microphone, loudspeaker)


def excess_db(played: Played, source: Audio, gain_db: float) -> Audio:
    """By how much the loudspeaker is louder than without any feedback, every half second.

    Pauses of the source count as if it went on at its mean level.
    """
    step = RATE_HZ // 2
    samples = len(played.loudspeaker) // step * step
    loud, plain = (
        (one[:samples].reshape(-1, step) ** 2).mean(axis=1)
        for one in (played.loudspeaker, source * np.float32(10 ** (gain_db / 20)))
    )
    found: Audio = 10 * np.log10((loud + 1e-12) / np.maximum(plain, plain.mean()))
    return found


def rings(played: Played, source: Audio, gain_db: float) -> bool:
    """Whether it is RINGING_DB louder than without feedback in any half second."""
    return bool((excess_db(played, source, gain_db) > RINGING_DB).any())
