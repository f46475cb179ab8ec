"""What dynamics do, in the terms of those who use compressors."""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ....plugin_core import _engine
from ....plugin_core.samples import Samples
from ...data.pair.baselines import Signal
from ...data.pair.fir import filtered
from ...families.dynamics.dynamics import Dynamics
from .material import QUIET_DB
from .parameters import Vector

BEYOND_DB, SHORT_OF_DB = 10.0, 30.0  # of the threshold: the two levels of a step
SETTLED = 10  # time constants
REACHED = 1 - 1 / math.e
WINDOW_S = 10e-3
TONE_HZ = 1000.0


@dataclass(frozen=True)
class Behaviour:
    """Times in which the gain, in dB, goes 63 % of its way after the level has changed at once.

    `attack_ms` is that of more reduction, `release_ms` of less. `ratio` is of input to output in
    dB above the threshold; below it, where an expander reduces, of output to input. The threshold
    is that of a tone of 1 kHz: the side-chain weighs others differently.
    """

    threshold_db: float
    ratio: float
    attack_ms: float
    release_ms: float


@dataclass(frozen=True)
class GainOverTime:
    """Gains in dB, [windows] of 10 ms: of the dynamics, and of the device; NaN where it is quiet.

    Both are relative to the sound behind the filter.
    """

    times_s: Signal
    dynamics_db: Signal
    device_db: Signal


def behaviour(network: Dynamics, sample_rate_hz: int) -> Behaviour:
    """That of a network, from what it does to steps of 40 dB."""
    values = _numbers(network)
    slowest = min(0.5, network.paths[:, :3].min().item())
    slowest_samples = -1 / math.log1p(-slowest)
    half = math.ceil(SETTLED * max(slowest_samples, 1e-3 * sample_rate_hz))
    threshold_db = float(values[3])
    quiet, loud = (
        10 ** ((threshold_db + network.sign * away_db) / 20)
        for away_db in (-SHORT_OF_DB, BEYOND_DB)
    )
    sound = np.repeat([quiet, loud, quiet], half) * np.resize([1, -1], 3 * half)
    gain = _engine.training.dynamics_gain(values, network.sign > 0, sound.astype(np.float32))
    parts_db = 20 * np.log10(gain.reshape(3, half).astype(np.float64))
    attack, release = (
        1000 / sample_rate_hz * _samples_until_reached(parts_db[i - 1, -1], parts_db[i])
        for i in (1, 2)
    )
    depth = network.paths[:, 3].sum().item()
    above = 1 / (1 - depth) if depth < 1 else math.inf
    ratio = above if network.sign > 0 else 1 + depth
    tone_db = threshold_db - _sidechain_db(network, TONE_HZ / sample_rate_hz)
    return Behaviour(tone_db, ratio, attack, release)


def gain_over_time(
    network: Dynamics, dry: Samples, wet: Samples, sample_rate_hz: int
) -> GainOverTime:
    """The gain that best explains each 10 ms of a pair, and that of dynamics; sounds [samples]."""
    taps = network.filter.weight.detach().double().numpy().ravel()[::-1]
    sound = filtered(dry, taps)
    played = sound * _engine.training.dynamics_gain(_numbers(network), network.sign > 0, dry)
    size = round(WINDOW_S * sample_rate_hz)
    windows = len(dry) // size
    whole, ours, theirs = (
        one[: windows * size].reshape(windows, size) for one in (sound, played, wet)
    )
    power = np.square(whole).sum(axis=1)
    is_heard = power > power.max() * 10 ** (QUIET_DB / 10)

    def gain_db(out: NDArray[np.floating]) -> Signal:
        gain = np.where(is_heard, (whole * out).sum(axis=1), np.nan) / np.where(is_heard, power, 1)
        return 20 * np.log10(np.abs(gain) + 1e-6)

    return GainOverTime(np.arange(windows) * size / sample_rate_hz, gain_db(ours), gain_db(theirs))


def _sidechain_db(network: Dynamics, cycles_per_sample: float) -> float:
    """Its gain in dB for a tone."""
    coefficient, amount = network.sidechain.tolist()
    delay = cmath.exp(-2j * math.pi * cycles_per_sample)
    return 20 * math.log10(abs(1 - amount * coefficient / (1 - (1 - coefficient) * delay)))


def _samples_until_reached(begin_db: float, after_db: Signal) -> float:
    way = (after_db - begin_db) / (after_db[-1] - begin_db)
    return float(np.argmax(way >= REACHED)) + 1


def _numbers(network: Dynamics) -> Vector:
    """Those of a network, as the engine takes them for its gain."""
    with torch.no_grad():
        parts = (network.sidechain, network.detector, network.curve, network.paths)
        return torch.cat([part.ravel() for part in parts]).double().numpy()
