"""What the resonance equalizer does to resonances that were added to real recordings.

The measurements alone; `resonance_quality.py` tables them, `resonance_picture.py` draws them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len, rfft

from ...plugin_core import Effect
from .material import Audio, Kind, Recording, peaking

FREQUENCIES_HZ = (400, 1000, 3100, 7000)
SPOT_OCTAVES = 0.1
PROFILE_OCTAVES = np.linspace(-1.25, 1.25, 101)  # from the resonance; bands of the picture
# Tenths of an octave beside the resonance, to tell whether it stands out of the music.
BESIDE_OCTAVES = np.array([-0.5, -0.4, -0.3, -0.2, 0.2, 0.3, 0.4, 0.5])
THIRD_OCTAVES_HZ = 1000 * 2 ** (np.arange(-15, 14) / 3)
KINDS: tuple[Kind, ...] = ("music", "notes")


class Setting(NamedTuple):
    """Controls of the effect; the others stay at their defaults."""

    attenuation: float
    width_octaves: float = 0.6


USUAL = 0.19  # the median of what engineers chose: Grachten et al. (2018), section 4
ATTENUATIONS = (0.25, 0.5, 0.75, 1.0)
WIDTHS_OCTAVES = (0.3, 0.6, 1.0, 1.5)
SETTINGS = tuple(
    dict.fromkeys(
        [
            *(Setting(attenuation) for attenuation in ATTENUATIONS),
            *(Setting(a, width) for width in WIDTHS_OCTAVES for a in (USUAL, 1.0)),
        ]
    )
)


@dataclass(frozen=True)
class Cost:
    """What a clean recording loses, and how its peak over RMS changes, in dB."""

    kind: Kind
    setting: Setting
    loss_db: float
    crest_change_db: float


@dataclass(frozen=True)
class Resonance:
    """What a resonance loses beyond the recording's own loss, in dB: there and an octave away.

    `prominence_db` is how far the spot stands out of the half octave on either side before
    processing, and `profile_db` what is left afterwards: resonant over clean recording.
    """

    kind: Kind
    setting: Setting
    frequency_hz: float
    prominence_db: float
    removed_db: float
    octave_away_db: float
    profile_db: NDArray[np.float64]


@dataclass(frozen=True)
class Noise:
    """What steady noise loses at attenuation 0.5, in dB: overall and in THIRD_OCTAVES_HZ."""

    name: str
    loss_db: float
    thirds_db: NDArray[np.float64]


@dataclass
class Findings:
    """Everything measured."""

    costs: list[Cost] = field(default_factory=list)
    resonances: list[Resonance] = field(default_factory=list)
    noises: list[Noise] = field(default_factory=list)

    def removed_db(self, kind: Kind, setting: Setting, *frequencies_hz: float) -> list[float]:
        """What each resonance of the given frequencies lost."""
        return [
            r.removed_db
            for r in self.resonances
            if (r.kind, r.setting) == (kind, setting) and r.frequency_hz in frequencies_hz
        ]

    def cost(self, kind: Kind, setting: Setting) -> list[Cost]:
        """What each recording lost."""
        return [c for c in self.costs if (c.kind, c.setting) == (kind, setting)]


class BandMeter:
    """Energy of [channels, samples] in any band, all channels together."""

    def __init__(self, audio: Audio, sample_rate_hz: int) -> None:
        size = next_fast_len(audio.shape[1], real=True)
        power = np.sum(np.abs(rfft(audio.astype(np.float64), size)) ** 2, axis=0)
        # Energy up to the upper edge of each bin; in between it grows evenly.
        self._edges_hz = (np.arange(len(power) + 1) - 0.5) * sample_rate_hz / size
        self._energy = np.concatenate([[0.0], np.cumsum(power)])

    def level_db(
        self, center_hz: float | NDArray[np.float64], width_octaves: float
    ) -> NDArray[np.float64]:
        """Level of a band, or of several with the same width, on a scale of the meter's own."""
        low, high = (
            np.interp(center_hz * 2.0 ** (side * width_octaves / 2), self._edges_hz, self._energy)
            for side in (-1, 1)
        )
        return np.asarray(10 * np.log10(np.maximum(high - low, 1e-20)))


def rms_db(audio: Audio) -> float:
    """Level of a whole signal."""
    return float(10 * np.log10(max(float(np.mean(audio.astype(np.float64) ** 2)), 1e-20)))


def crest_db(audio: Audio) -> float:
    """Peak over RMS."""
    return float(20 * np.log10(max(float(np.abs(audio).max()), 1e-10))) - rms_db(audio)


def play(audio: Audio, sample_rate_hz: int, setting: Setting) -> Audio:
    """`audio` through the shipped effect."""
    effect = Effect("resonance-eq", **setting._asdict())
    return np.asarray(effect(audio, sample_rate_hz))


def lift_db(
    resonant: BandMeter, clean: BandMeter, center_hz: float | NDArray[np.float64], octaves: float
) -> NDArray[np.float64]:
    """How far a resonance lifts a band."""
    return resonant.level_db(center_hz, octaves) - clean.level_db(center_hz, octaves)


def prominence_db(meter: BandMeter, frequency_hz: float) -> float:
    """How far a tenth of an octave stands out of those beside it."""
    beside_db = meter.level_db(frequency_hz * 2**BESIDE_OCTAVES, SPOT_OCTAVES)
    return float(meter.level_db(frequency_hz, SPOT_OCTAVES) - beside_db.mean())


def measure(recording: Recording, findings: Findings) -> None:
    """Add to `findings` what one recording shows."""
    kind, rate_hz, audio = recording.kind, recording.sample_rate_hz, recording.audio
    before = BandMeter(audio, rate_hz)
    resonant = {f: peaking(audio, rate_hz, f, gain_db=12, q=20) for f in FREQUENCIES_HZ}
    resonant_before = {f: BandMeter(resonant[f], rate_hz) for f in FREQUENCIES_HZ}
    prominences_db = {f: prominence_db(resonant_before[f], f) for f in FREQUENCIES_HZ}

    for setting in SETTINGS:
        processed = play(audio, rate_hz, setting)
        crest_change_db = crest_db(processed) - crest_db(audio)
        loss_db = rms_db(audio) - rms_db(processed)
        findings.costs.append(Cost(kind, setting, loss_db, crest_change_db))
        if setting.attenuation == USUAL:
            continue
        after = BandMeter(processed, rate_hz)
        for f in FREQUENCIES_HZ:
            resonant_after = BandMeter(play(resonant[f], rate_hz, setting), rate_hz)
            spot_db, below_db, above_db = (
                float(
                    lift_db(resonant_before[f], before, center_hz, octaves)
                    - lift_db(resonant_after, after, center_hz, octaves)
                )
                for center_hz, octaves in ((f, SPOT_OCTAVES), (f / 2, 1 / 3), (f * 2, 1 / 3))
            )
            profile_db = lift_db(resonant_after, after, f * 2**PROFILE_OCTAVES, 1 / 30)
            octave_away_db = max(below_db, above_db, key=abs)
            findings.resonances.append(
                Resonance(kind, setting, f, prominences_db[f], spot_db, octave_away_db, profile_db)
            )


def measure_noise(name: str, audio: Audio, sample_rate_hz: int) -> Noise:
    """Steady noise at attenuation 0.5, without its first and last half second."""
    processed = play(audio, sample_rate_hz, Setting(0.5))
    edge = sample_rate_hz // 2
    audio, processed = audio[:, edge:-edge], processed[:, edge:-edge]
    thirds_db = lift_db(
        BandMeter(processed, sample_rate_hz),
        BandMeter(audio, sample_rate_hz),
        THIRD_OCTAVES_HZ,
        1 / 3,
    )
    return Noise(name, rms_db(audio) - rms_db(processed), thirds_db)
