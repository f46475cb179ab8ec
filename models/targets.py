"""Target effects for training: the papers' equalizers and nonlinear effects, as functions.

Equalizers: Martínez Ramírez and Reiss, DAFx 2018, section 4.1 and table 1. Nonlinear effects: the
same authors, ICASSP 2019, section 3; the paper's recordings (IDMT-SMT-Audio-Effects) were made with
hardware and plugins that it does not describe, so the settings here are our own.

The papers' lowpass and highpass have a fixed number of taps, which at 48 kHz hardly filter, and a
delay; "lowpass-12db" and "highpass-12db" are what one expects of such filters at any rate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from ..plugin_core.samples import Samples
from . import optical_compressor

if TYPE_CHECKING:
    from pedalboard import Plugin

Coefficients = NDArray[np.float64]

GAIN_DB = 10.0
FREQUENCY_HZ = 500.0
Q = 0.707
FIR_ORDER = 50


@dataclass(frozen=True)
class Target:
    """An effect to learn: `render(dry [samples], sample_rate_hz)` gives as many samples.

    `delay_samples` is the effect's delay, at any rate; `rendered` can compensate it. `linear`: the
    output for a sum is the sum of the outputs.
    """

    render: Callable[[Samples, int], Samples]
    description: str
    delay_samples: int = 0
    linear: bool = False

    def rendered(self, dry: Samples, sample_rate_hz: int, delay_compensated: bool) -> Samples:
        """`dry` [samples] processed: [samples], float32, aligned if the delay is compensated."""
        delay = self.delay_samples if delay_compensated else 0
        late = self.render(np.pad(dry, (0, delay)), sample_rate_hz)
        return late[delay:].astype(np.float32)


def low_shelf(sample_rate_hz: int) -> tuple[Coefficients, Coefficients]:
    """Numerator [3] and denominator [3] of +10 dB below 500 Hz, order 2, Q 0.707.

    R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients".
    """
    a = 10 ** (GAIN_DB / 40)
    cosine, alpha = _cookbook(sample_rate_hz)
    root = 2 * math.sqrt(a) * alpha
    numerator = [
        a * ((a + 1) - (a - 1) * cosine + root),
        2 * a * ((a - 1) - (a + 1) * cosine),
        a * ((a + 1) - (a - 1) * cosine - root),
    ]
    denominator = [
        (a + 1) + (a - 1) * cosine + root,
        -2 * ((a - 1) + (a + 1) * cosine),
        (a + 1) + (a - 1) * cosine - root,
    ]
    return np.array(numerator), np.array(denominator)


def peaking(sample_rate_hz: int) -> tuple[Coefficients, Coefficients]:
    """Numerator [3] and denominator [3] of +10 dB around 500 Hz, order 2, Q 0.707; same source."""
    a = 10 ** (GAIN_DB / 40)
    cosine, alpha = _cookbook(sample_rate_hz)
    numerator = [1 + alpha * a, -2 * cosine, 1 - alpha * a]
    denominator = [1 + alpha / a, -2 * cosine, 1 - alpha / a]
    return np.array(numerator), np.array(denominator)


def second_order(sample_rate_hz: int, highpass: bool) -> tuple[Coefficients, Coefficients]:
    """Numerator [3] and denominator [3] of a 500 Hz lowpass or highpass, Q 0.707; same source."""
    cosine, alpha = _cookbook(sample_rate_hz)
    if highpass:
        numerator = np.array([(1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2])
    else:
        numerator = np.array([(1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2])
    return numerator, np.array([1 + alpha, -2 * cosine, 1 - alpha])


def fir(sample_rate_hz: int, highpass: bool) -> tuple[Coefficients, Coefficients]:
    """Taps [51], and 1 [1], of the lowpass or highpass at 500 Hz: Hamming window, linear phase.

    The paper does not name the window; Hamming is the usual default. At 16 kHz the slope is gentle:
    51 taps are 3.2 ms.
    """
    taps = signal.firwin(FIR_ORDER + 1, FREQUENCY_HZ, fs=sample_rate_hz, pass_zero=not highpass)
    return np.asarray(taps), np.ones(1)


def _cookbook(sample_rate_hz: int) -> tuple[float, float]:
    omega = 2 * math.pi * FREQUENCY_HZ / sample_rate_hz
    return math.cos(omega), math.sin(omega) / (2 * Q)


def _filter(
    design: Callable[[int], tuple[Coefficients, Coefficients]],
) -> Callable[[Samples, int], Samples]:
    def render(dry: Samples, sample_rate_hz: int) -> Samples:
        numerator, denominator = design(sample_rate_hz)
        wet: Samples = signal.lfilter(numerator, denominator, dry.astype(np.float64))
        return wet

    return render


def _soft(drive_db: float) -> Callable[[Samples, int], Samples]:
    """Distortion: a symmetric soft clipper, pedalboard's (tanh)."""

    def render(dry: Samples, sample_rate_hz: int) -> Samples:
        from pedalboard import Distortion, Gain

        return _play([Distortion(drive_db), Gain(-6)], dry, sample_rate_hz)

    return render


def _overdrive(drive_db: float) -> Callable[[Samples, int], Samples]:
    """Overdrive, a pedal's three parts: less bass, an asymmetric soft curve, less treble."""

    def render(dry: Samples, sample_rate_hz: int) -> Samples:
        from pedalboard import HighpassFilter, LowpassFilter

        bright = _play([HighpassFilter(200)], dry, sample_rate_hz)
        driven = bright.astype(np.float64) * 10 ** (drive_db / 20)
        # Softer above than below: even harmonics, and no offset at rest.
        curved = np.where(driven > 0, np.tanh(driven), np.tanh(0.7 * driven) / 0.7)
        return _play([LowpassFilter(3000)], (0.5 * curved).astype(np.float32), sample_rate_hz)

    return render


def _amplifier(
    bass_db: float, middle_db: float, treble_db: float
) -> Callable[[Samples, int], Samples]:
    """An amplifier's tone controls."""

    def render(dry: Samples, sample_rate_hz: int) -> Samples:
        from pedalboard import HighShelfFilter, LowShelfFilter, PeakFilter

        controls = [
            LowShelfFilter(150, bass_db),
            PeakFilter(600, middle_db, 0.7),
            HighShelfFilter(2500, treble_db),
        ]
        return _play(controls, dry, sample_rate_hz)

    return render


def _fx_chain(dry: Samples, sample_rate_hz: int) -> Samples:
    """Low shelf +20 dB, high shelf −20 dB, overdrive +30 dB (ICASSP 2019, section 3)."""
    from pedalboard import Distortion, Gain, HighShelfFilter, LowShelfFilter

    chain = [LowShelfFilter(500, 20), HighShelfFilter(500, -20), Distortion(30), Gain(-6)]
    return _play(chain, dry, sample_rate_hz)


def _play(plugins: Sequence[Plugin], dry: Samples, sample_rate_hz: int) -> Samples:
    audio = dry.astype(np.float32)
    for plugin in plugins:
        audio = plugin(audio, sample_rate_hz)
    return audio


TARGETS: dict[str, Target] = {
    "low-shelf": Target(_filter(low_shelf), "low shelf, +10 dB below 500 Hz, Q 0.707", linear=True),
    "peaking": Target(_filter(peaking), "peak of +10 dB at 500 Hz, Q 0.707", linear=True),
    "lowpass": Target(
        _filter(lambda rate_hz: fir(rate_hz, highpass=False)),
        "lowpass at 500 Hz, FIR of order 50, Hamming",
        delay_samples=FIR_ORDER // 2,
        linear=True,
    ),
    "highpass": Target(
        _filter(lambda rate_hz: fir(rate_hz, highpass=True)),
        "highpass at 500 Hz, FIR of order 50, Hamming",
        delay_samples=FIR_ORDER // 2,
        linear=True,
    ),
    "lowpass-12db": Target(
        _filter(lambda rate_hz: second_order(rate_hz, highpass=False)),
        "lowpass at 500 Hz, 12 dB an octave",
        linear=True,
    ),
    "highpass-12db": Target(
        _filter(lambda rate_hz: second_order(rate_hz, highpass=True)),
        "highpass at 500 Hz, 12 dB an octave",
        linear=True,
    ),
    **{
        f"distortion-{setting}": Target(_soft(drive_db), f"distortion, {drive_db:g} dB into tanh")
        for setting, drive_db in enumerate((12.0, 24.0, 36.0), 1)
    },
    **{
        f"overdrive-{setting}": Target(
            _overdrive(drive_db), f"overdrive, {drive_db:g} dB into an asymmetric curve"
        )
        for setting, drive_db in enumerate((6.0, 14.0, 22.0), 1)
    },
    **{
        f"amp-eq-{setting}": Target(
            _amplifier(*gains_db),
            "amplifier tone controls, bass {:+g} dB, middle {:+g} dB, treble {:+g} dB".format(
                *gains_db
            ),
            linear=True,
        )
        for setting, gains_db in enumerate(
            ((6.0, -6.0, 3.0), (-3.0, 6.0, -3.0), (3.0, -12.0, 9.0)), 1
        )
    },
    "fx-chain": Target(_fx_chain, "low shelf +20 dB, high shelf −20 dB, overdrive +30 dB"),
    "optical-compressor": Target(
        optical_compressor.render,
        "simulated optical compressor, 3:1 above −30 dB, slow to let go after long sounds",
    ),
}
