"""Gain, compression and noise of a device, by the tones and the silence of our protocol."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .....plugin_core.samples import Samples
from ....data.protocol import layout
from ..check_result import CheckResult

INSIDE = 0.2  # of a tone, at each end, is left out: fades, and the device's settling
ABOVE_NOISE_DB = 12.0  # a tone below it says nothing
LINEAR_DB = 0.5
QUIET_DBFS = -40.0  # of the loudest tone's answer
NOISY_DB = 40.0  # below it


@dataclass(frozen=True)
class DeviceLevels:
    """Gains in dB at the levels of the dry tones in dBFS, and the noise floor (RMS) in dBFS."""

    tones_db: Sequence[float]
    gains_db: Sequence[float]
    noise_db: float


def measure_levels(
    dry: Samples, wet: Samples, sample_rate_hz: int, begin_s: float
) -> DeviceLevels | None:
    """The levels of an aligned pair [samples each] in which the protocol begins at `begin_s`.

    `None` where the silence or all tones are missing, or no tone can be heard.
    """

    def inside(sound: Samples, part: layout.Part, margin: float) -> Samples:
        margin_s = margin * (part.end_s - part.begin_s)
        first = round((begin_s + part.begin_s + margin_s) * sample_rate_hz)
        return sound[
            max(0, first) : max(0, round((begin_s + part.end_s - margin_s) * sample_rate_hz))
        ]

    silence = inside(wet, layout.NOISE_FLOOR, INSIDE)
    if len(silence) == 0:
        return None
    noise_db = 10 * math.log10(np.square(silence, dtype=np.float64).mean() + 1e-20)
    tones_db, gains_db = [], []
    for part in layout.TONES:
        sent_db, heard_db = (
            tone_db(inside(sound, part, INSIDE), sample_rate_hz) for sound in (dry, wet)
        )
        if heard_db > noise_db + ABOVE_NOISE_DB:
            tones_db.append(sent_db)
            gains_db.append(heard_db - sent_db)
    return DeviceLevels(tones_db, gains_db, noise_db) if tones_db else None


def describe_levels(found: DeviceLevels, wet_name: str) -> list[CheckResult]:
    """What the tones and the silence say."""
    soft_db, loud_db = found.gains_db[0], found.gains_db[-1]
    gain = f"A tone of {layout.TONE_HZ:g} Hz has a gain of {soft_db:+.1f} dB"
    if abs(loud_db - soft_db) > LINEAR_DB:
        gain += (
            f" at {found.tones_db[0]:.0f} dBFS and of {loud_db:+.1f} dB at "
            f"{found.tones_db[-1]:.0f} dBFS"
        )
    results = [CheckResult("passed", "gain", f"{gain}.")]
    answer_db = found.tones_db[-1] + loud_db
    if answer_db < QUIET_DBFS:
        message = (
            f"{wet_name} is quiet: the loudest tone comes back at {answer_db:.0f} dBFS; turn up "
            f"the input of the interface and record it again."
        )
        results.append(CheckResult("warning", "level", message))
    below_db = answer_db - found.noise_db
    noise = (
        f"The noise floor of {wet_name} is {found.noise_db:.0f} dBFS, {below_db:.0f} dB below the "
        f"loudest tone"
    )
    if below_db < NOISY_DB:
        message = f"{noise}; it cannot be learned, and limits the figures. Check cables and ground."
        return [*results, CheckResult("warning", "noise", message)]
    return [*results, CheckResult("passed", "noise", f"{noise}.")]


def tone_db(sound: Samples, sample_rate_hz: int) -> float:
    """Peak level in dBFS of the tone in `sound` [samples], by a Hann window; −200 for silence."""
    window = np.hanning(len(sound))
    turns = np.exp(-2j * np.pi * layout.TONE_HZ / sample_rate_hz * np.arange(len(sound)))
    amplitude = 2 * abs((window * turns * sound).sum()) / max(float(window.sum()), 1.0)
    return 20 * math.log10(amplitude + 1e-10)
