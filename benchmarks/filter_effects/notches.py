"""A plain adaptive notch filter against feedback, as a baseline.

The scheme of van Waterschoot and Moonen, "Comparative evaluation of howling detection criteria in
notch-filter-based howling suppression" (2010): a spectrum every hop, criteria for its largest
peaks, a bank of notches of constant quality that are set, and deepened, where a howl is found.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from ..quality.material import peaking_biquad
from .loop import BLOCK, RATE_HZ, Audio

FRAME, HOP = 2048, 512
PEAKS = 3
FIRST, LAST = 3, 512  # bins, 70 Hz to 12 kHz, as of the suppressor that it is compared with
NEIGHBOUR_DB, HARMONIC_DB = 16.0, 12.0  # above its neighbours; above its double and triple
FRAMES_IN_ROW = 8  # 85 ms
QUALITY = 30.0
STEP_DB, DEEPEST_DB = 6.0, 24.0
NOTCHES = 16
AUDIBLE_DB = -70.0


@dataclass
class AdaptiveNotches:
    """A suppressor of `loop.play`: call it with a block."""

    heard: Audio = field(default_factory=lambda: np.zeros(FRAME, np.float32))
    samples: int = 0
    in_row: dict[int, int] = field(default_factory=dict)  # bin → frames
    # Bin → depth in dB and frequency in Hz, the oldest first.
    notches: dict[int, tuple[float, float]] = field(default_factory=dict)
    state: NDArray[np.float64] = field(default_factory=lambda: np.zeros((NOTCHES, 2)))

    def __post_init__(self) -> None:
        """Let everything pass."""
        self.sections = np.tile([1.0, 0, 0, 1, 0, 0], (NOTCHES, 1))

    def __call__(self, block: Audio) -> Audio:
        """[BLOCK] samples to as many."""
        self.heard = np.concatenate([self.heard[BLOCK:], block])
        self.samples += BLOCK
        out, self.state = sosfilt(self.sections, block, zi=self.state)
        if self.samples % HOP == 0:
            self._listen()
        return np.asarray(out, np.float32)

    def _listen(self) -> None:
        spectrum = np.abs(np.fft.rfft(self.heard * np.hanning(FRAME + 1)[:-1])) / (FRAME / 4)
        level_db = 20 * np.log10(spectrum + 1e-6)
        inner = level_db[FIRST - 1 : LAST + 2]
        peaks = FIRST + np.flatnonzero((inner[1:-1] > inner[:-2]) & (inner[1:-1] >= inner[2:]))
        largest = peaks[np.argsort(level_db[peaks])[::-1][:PEAKS]]
        howls = [int(k) for k in largest if _howls(level_db, int(k))]
        self.in_row = {k: 1 + max(self.in_row.get(k + i, 0) for i in (-1, 0, 1)) for k in howls}
        for k, frames in self.in_row.items():
            if frames >= FRAMES_IN_ROW:
                self.in_row[k] = 0
                self._deepen(k, _between_bins(level_db, k) * RATE_HZ / FRAME)

    def _deepen(self, k: int, frequency_hz: float) -> None:
        near = next((one for one in self.notches if abs(one - k) <= 1), k)
        if near not in self.notches and len(self.notches) == NOTCHES:
            self.notches.pop(next(iter(self.notches)))
        depth_db, _ = self.notches.get(near, (0.0, 0.0))
        self.notches[near] = min(depth_db + STEP_DB, DEEPEST_DB), frequency_hz
        for i, (depth_db, at_hz) in enumerate(self.notches.values()):
            self.sections[i] = _notch(at_hz, depth_db)


def _howls(level_db: NDArray[np.float64], k: int) -> bool:
    around = np.concatenate([level_db[max(k - 14, 0) : max(k - 3, 0)], level_db[k + 4 : k + 15]])
    partials = [level_db[n * k] for n in (2, 3) if n * k < len(level_db)]
    return bool(
        level_db[k] > AUDIBLE_DB
        and level_db[k] - 10 * np.log10(np.mean(10 ** (around / 10))) > NEIGHBOUR_DB
        and level_db[k] - max(partials, default=-120.0) > HARMONIC_DB
    )


def _between_bins(level_db: NDArray[np.float64], k: int) -> float:
    """The top of a parabola through a peak and its neighbours, in bins."""
    left, top, right = level_db[k - 1 : k + 2]
    return k + float(0.5 * (left - right) / (left - 2 * top + right))


def _notch(frequency_hz: float, depth_db: float) -> NDArray[np.float64]:
    """A second-order section."""
    zeros, poles = peaking_biquad(RATE_HZ, frequency_hz, -depth_db, QUALITY)
    section: NDArray[np.float64] = np.array((*zeros, *poles)) / poles[0]
    return section
