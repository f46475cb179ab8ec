"""Compressors of known settings, sample by sample (Giannoulis et al., 2012), and their sound."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tonecast.plugin_core.samples import Samples

RATE_HZ = 16000


@dataclass(frozen=True)
class Device:
    """In the terms of their paper; a hard knee. `is_branching` chooses the smoother."""

    threshold_db: float = -25.0
    ratio: float = 4.0
    attack_ms: float = 8.0
    release_ms: float = 150.0
    make_up_db: float = 3.0
    is_branching: bool = True
    expands: bool = False

    def __call__(self, dry: Samples) -> Samples:
        """What becomes of a sound [samples]."""
        over_db = 20 * np.log10(np.abs(dry.astype(np.float64)) + 1e-6) - self.threshold_db
        wanted_db = (
            np.maximum(0, -over_db) * (self.ratio - 1)
            if self.expands
            else np.maximum(0, over_db) * (1 - 1 / self.ratio)
        )
        reduction_db = _smoothed(wanted_db, self)
        return (dry * 10 ** ((self.make_up_db - reduction_db) / 20)).astype(np.float32)


def _smoothed(wanted_db: NDArray[np.float64], device: Device) -> NDArray[np.float64]:
    attack, release = (
        math.exp(-1000 / (ms * RATE_HZ)) for ms in (device.attack_ms, device.release_ms)
    )
    held = smoothed = float(wanted_db[0])
    out = []
    for now in wanted_db.tolist():
        if device.is_branching:
            held, keep = now, attack if now > smoothed else release
        else:
            held, keep = max(now, release * held + (1 - release) * now), attack
        smoothed = keep * smoothed + (1 - keep) * held
        out.append(smoothed)
    return np.array(out)


def notes(seconds: float, seed: int) -> Samples:
    """Notes of two tones each that begin at once and fade, soft and loud, with a little noise."""
    random = np.random.default_rng(seed)
    sound = 1e-4 * random.standard_normal(round(seconds * RATE_HZ))
    at = 0
    while at < len(sound):
        length = round(random.uniform(0.08, 0.6) * RATE_HZ)
        t = np.arange(min(length, len(sound) - at)) / RATE_HZ
        level = 10 ** (random.uniform(-40, 0) / 20)
        for hz in random.uniform(80, 3000, 2):
            sound[at : at + len(t)] += 0.4 * level * np.sin(2 * np.pi * hz * t) * np.exp(-6 * t)
        at += round(0.7 * length)
    return sound.astype(np.float32)
