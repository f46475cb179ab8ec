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
ABOVE_NOISE = 4.0  # ratio of amplitudes; a tone below it says nothing
LINEAR_DB = 0.5
QUIET_DBFS = -40.0  # of the loudest tone's answer
NOISY_DB = 40.0  # below it


@dataclass(frozen=True)
class InterfaceLevels:
    """Analog level of full scale at the device's input and at its output, in dBu, where known."""

    input_dbu: float | None = None
    output_dbu: float | None = None


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

    `None` where none of the tones is in it, or can be heard.
    """

    def inside(sound: Samples, part: layout.Part) -> Samples:
        first, last = (round((begin_s + s) * sample_rate_hz) for s in (part.begin_s, part.end_s))
        return sound[first:last] if first >= 0 else sound[:0]

    silence = inside(wet, layout.NOISE_FLOOR).astype(np.float64)
    power = float(np.square(silence).mean()) if len(silence) else 0.0
    tones_db, gains_db = [], []
    for part in layout.TONES:
        margin = INSIDE * (part.end_s - part.begin_s)
        steady = layout.Part(part.begin_s + margin, part.end_s - margin)
        sent, heard = (_amplitude(inside(sound, steady), sample_rate_hz) for sound in (dry, wet))
        noise = 2 * math.sqrt(power / max(1, round(0.3 * sample_rate_hz)))
        if sent > 0 and heard > ABOVE_NOISE * noise:
            tones_db.append(20 * math.log10(sent))
            gains_db.append(20 * math.log10(heard / sent))
    if not tones_db:
        return None
    return DeviceLevels(tones_db, gains_db, 10 * math.log10(power + 1e-20))


def describe_levels(
    found: DeviceLevels, wet_name: str, interface: InterfaceLevels
) -> list[CheckResult]:
    """What the tones and the silence say."""
    soft_db, loud_db = found.gains_db[0], found.gains_db[-1]
    text = f"A tone of {layout.TONE_HZ:g} Hz has a gain of {soft_db:+.1f} dB at "
    text += f"{found.tones_db[0]:.0f} dBFS"
    if abs(loud_db - soft_db) > LINEAR_DB:
        text += f" and of {loud_db:+.1f} dB at {found.tones_db[-1]:.0f} dBFS"
    else:
        text += ", and the same at all levels"
    if interface.input_dbu is not None and interface.output_dbu is not None:
        analog_db = soft_db + interface.output_dbu - interface.input_dbu
        text += f"; from the device's input to its output that is {analog_db:+.1f} dB"
    answer_db = found.tones_db[-1] + loud_db
    results = [CheckResult("passed", "gain", f"{text}.")]
    if answer_db < QUIET_DBFS:
        message = (
            f"{wet_name} is quiet: the loudest tone comes back at {answer_db:.0f} dBFS; turn up "
            f"the input of the interface and record it again."
        )
        results.append(CheckResult("warning", "level", message))
    distance_db = answer_db - found.noise_db
    text = f"The noise floor of {wet_name} is {found.noise_db:.0f} dBFS, {distance_db:.0f} dB below"
    text += " the loudest tone"
    if distance_db < NOISY_DB:
        message = f"{text}; it cannot be learned, and limits the figures. Check cables and ground."
        return [*results, CheckResult("warning", "noise", message)]
    return [*results, CheckResult("passed", "noise", f"{text}.")]


def _amplitude(sound: Samples, sample_rate_hz: int) -> float:
    """That of the tone in `sound` [samples], by a Hann window; 0 where there is none."""
    if len(sound) < sample_rate_hz // 10:
        return 0.0
    window = np.hanning(len(sound))
    turns = np.exp(-2j * np.pi * layout.TONE_HZ / sample_rate_hz * np.arange(len(sound)))
    return float(2 * abs((window * turns * sound).sum()) / window.sum())
