"""An echo or a reverb that is longer than a model remembers.

What the baseline, a linear filter and a curve, leaves of the wet sound is deconvolved by the
baseline's output. A response that comes after the memory's end is an echo or a reverb. How much of
it is chance is told by the same stretch of time before the sound, where no device responds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft

from ....plugin_core.samples import Samples
from .baselines import Signal, fit_curve, fit_filter
from .check_result import CheckResult

MEMORY_S = 0.025  # no frame of a capture is longer
REACH_S = 2.0
MAX_REACH = 1 / 3  # of the sound
REGULARISATION = 1e-3  # of the strongest bin
MIN_SHARE = 0.005  # of the wet power; an ESR of −23 dB
CHANCES = 2.5  # times the energy before the sound; devices without an echo reach 1.6
ONE_ECHO = 0.3  # of the energy within a millisecond


@dataclass(frozen=True)
class LateResponse:
    """What of the wet sound comes late: its share of the power, and the strongest echo, if any."""

    share: float
    echo_s: float | None


def find_late_response(dry: Samples, wet: Samples, sample_rate_hz: int) -> LateResponse | None:
    """The response after the model's memory, `None` if it is weak; both are [samples], aligned."""
    baseline = fit_filter(dry, wet)(dry)
    played = fit_curve(baseline, wet)(baseline)
    left = wet - played
    size = fft.next_fast_len(2 * len(dry), real=True)
    source, rest = fft.rfft(played, size), fft.rfft(left, size)
    power = np.square(np.abs(source))
    response = fft.irfft(np.conj(source) * rest / (power + REGULARISATION * power.max()), size)
    first = round(MEMORY_S * sample_rate_hz)
    last = min(round(REACH_S * sample_rate_hz), round(MAX_REACH * len(dry)))
    after, before = slice(first, last), slice(size - last, size - first)
    energies = [float(np.square(response[side]).sum()) for side in (after, before)]
    if last <= first or energies[0] < CHANCES * energies[1]:
        return None
    wet_power = float(np.square(wet, dtype=np.float64).sum())
    explained = [_explained(response, side, source, left) for side in (after, before)]
    share = (explained[0] - explained[1]) / wet_power
    if share < MIN_SHARE:
        return None
    return LateResponse(share, _echo_s(np.square(response[after]), first, sample_rate_hz))


def check_echo(dry: Samples, wet: Samples, sample_rate_hz: int) -> list[CheckResult]:
    """A warning for what a model cannot learn; both sounds are [samples], aligned."""
    found = find_late_response(dry, wet, sample_rate_hz)
    if found is None:
        return []
    what = "a reverb" if found.echo_s is None else f"an echo after {1000 * found.echo_s:.0f} ms"
    message = (
        f"The device adds {what}: {found.share:.1%} of the wet sound comes later than "
        f"{1000 * MEMORY_S:.0f} ms, which is more than this architecture remembers, and will be "
        f"missing. Turn it off for the recording and add it after the effect."
    )
    return [CheckResult("warning", "echo", message)]


def _explained(response: Signal, side: slice, source: np.ndarray, left: Signal) -> float:
    """The power of `left` that this side of the response explains, at its best gain."""
    one_side = np.zeros_like(response)
    one_side[side] = response[side]
    heard = fft.irfft(fft.rfft(one_side) * source, len(response))[: len(left)]
    return float(np.dot(heard, left)) ** 2 / (float(np.dot(heard, heard)) + 1e-30)


def _echo_s(energy: Signal, first: int, sample_rate_hz: int) -> float | None:
    """When the echo comes if most of the energy is in one, not spread as a reverb's."""
    top = int(energy.argmax())
    near = sample_rate_hz // 2000
    if energy[max(0, top - near) : top + near + 1].sum() < ONE_ECHO * energy.sum():
        return None
    return (first + top) / sample_rate_hz
