"""Feedback suppressor without latency: a module that draws curves.

    levels ─ narrow peaks ─ that grow steadily, alone ─ each frame's step ─ held for seconds ─ cut

Van Waterschoot and Moonen, "Comparative evaluation of howling detection criteria in
notch-filter-based howling suppression" (2010), name what tells a howl from music. A peak has to
meet all of these:

- **peak to neighbours** (PNPR): it stands out of the bins around it;
- **peak to harmonics** (PHPR): there is nothing at half, twice and three times its frequency. Of
  all criteria this one keeps music from being cut the most;
- **growth in dB, alike from lag to lag** (their slope deviation, IMSD): a loop multiplies by the
  same factor at each turn, while a note jumps within a frame and decays;
- **alone**: it grows beside the mean of all bins as well, and not because the sound swells.

A loop that is just held neither grows nor decays. A peak that has been cut for growing and does not
decay is therefore cut on. Cuts are released within `RELEASE_S`, since the room stays as it is. The
numbers were chosen by trial on simulated rooms and the recordings of
`tonecast.benchmarks.filter_effects.feedback`.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ...export.curve import Curve
from ...export.filters import OnePole

SAMPLE_RATE_HZ = 48_000
CURVE = Curve(frame_samples=2048, hop_samples=512, taps_samples=2048, max_gain_db=0.0, linked=True)
FRAMES_PER_SECOND = CURVE.frames_per_second(SAMPLE_RATE_HZ)
MIN_HZ, MAX_HZ = 80.0, 12_000.0
FIRST, LAST = (round(hz / SAMPLE_RATE_HZ * CURVE.transform_samples) for hz in (MIN_HZ, MAX_HZ))
LAGS_FRAMES = (4, 10, 32)  # 43 ms, a frame's length; for loops that grow slower; and slower
LAGS = 4
PEAK_BINS = 1  # to either side of a tone
NEIGHBOURS_BINS = (4, 14)  # from, to: what a peak is compared with
LEAST_GROWTH_DB = 1.5  # a lag, at sensitivity 0.5
MOST_GROWTH_DB = 14.0  # a lag: beyond, it is a note
UNEVEN = 0.4  # of the mean growth of the lags: none grows less
PROMINENT_DB = 18.0
PARTIALS = (0.5, 2.0, 3.0)  # of its frequency: a tone with these is a note
PURE_DB = 15.0
AUDIBLE_DB = -70.0
STEP_DB = 8.0  # of a frame, at most
HOLD_STEP_DB = 0.3
HOLD_FALL_DB = 0.5  # a lag: what falls faster is let go
SUSPICION_S = 1.5
RELEASE_S = 10.0


class FeedbackGuard(nn.Module):
    """Levels in dB and knobs → gain in dB, 0 … −`depth_db` [batch, bins, frames]."""

    narrow: Tensor
    around: Tensor
    shape: Tensor
    partials: Tensor

    def __init__(self) -> None:
        super().__init__()
        near, far = NEIGHBOURS_BINS
        narrow = torch.ones(1, 1, 2 * PEAK_BINS + 1, 1)
        around = (torch.arange(-far, far + 1).abs() >= near).float()
        # Of each bin its partials' places; the place behind the last one is silence.
        of_bin = torch.arange(FIRST, LAST + 1)[:, None] * torch.tensor(PARTIALS)
        place = of_bin.round().long() - FIRST
        partials = torch.where((place >= 0) & (place <= LAST - FIRST), place, LAST - FIRST + 1)
        shape = torch.tensor([0.3, 0.8, 1.0, 0.8, 0.3])
        for name, values in (
            ("partials", partials.flatten()),
            ("narrow", narrow),
            ("around", (around / around.sum())[None, None, :, None]),
            ("shape", shape[None, None, :, None]),
        ):
            self.register_buffer(name, values)
        self.suspicion = OnePole(1 / (2 * math.pi * SUSPICION_S), FRAMES_PER_SECOND)
        self.held = OnePole(1 / (2 * math.pi * RELEASE_S), FRAMES_PER_SECOND)

    def forward(self, levels_db: Tensor, depth_db: Tensor, sensitivity: Tensor) -> Tensor:
        """[batch, bins, frames] to the same."""
        sensitive = 4 ** (0.5 - sensitivity[:, :, None])  # 2 at 0, 1/2 at 1
        power = 10 ** (levels_db[:, FIRST : LAST + 1] / 10)
        peak_db = to_db(self.over_bins(power, self.narrow))
        # In decibels a mean hears all bins alike: a second howl does not hide the first.
        prominent_db = peak_db - self.over_bins(peak_db, self.around)
        alone_db = peak_db - peak_db.mean(dim=1, keepdim=True)

        grown = [torch.minimum(a, b) for a, b in zip(lags(peak_db), lags(alone_db), strict=True)]
        grows = torch.stack([self.steadily(growths, sensitive) for growths in grown]).amax(0)
        stands = torch.sigmoid((prominent_db - PROMINENT_DB * sensitive.sqrt()) / 1.5)
        partials = nn.functional.pad(peak_db, (0, 0, 0, 1), value=-100.0).index_select(
            1, self.partials
        )
        over_db = peak_db - torch.unflatten(partials, 1, (-1, len(PARTIALS))).amax(2)
        pure = torch.sigmoid((over_db - PURE_DB) / 1.5)
        audible = torch.sigmoid((peak_db - AUDIBLE_DB) / 2)
        peak = stands * pure * audible
        growing = peak * grows

        suspicion = (self.suspicion(growing) * (SUSPICION_S * FRAMES_PER_SECOND)).clamp(0, 1)
        lasts = ((grown[0][0] + HOLD_FALL_DB) / HOLD_FALL_DB).clamp(0, 1)
        step_db = STEP_DB * growing + HOLD_STEP_DB * suspicion * peak * lasts
        cut_db = self.held(step_db) * (RELEASE_S * FRAMES_PER_SECOND)
        wide_db = self.over_bins(cut_db, self.shape)
        gain_db = -torch.minimum(wide_db, depth_db[:, :, None])
        return nn.functional.pad(gain_db, (0, 0, FIRST, CURVE.bins - 1 - LAST))

    def steadily(self, growths_db: Tensor, sensitive: Tensor) -> Tensor:
        """1 where lags [LAGS, batch, bins, frames] have grown alike, and not too fast."""
        mean_db, least_db = growths_db.mean(0), growths_db.amin(0)
        wanted_db = LEAST_GROWTH_DB * sensitive
        enough = ((mean_db - wanted_db) / (0.5 * wanted_db)).clamp(0, 1)
        even = ((least_db - UNEVEN * mean_db) / (0.1 * wanted_db)).clamp(0, 1)
        return enough * even * (MOST_GROWTH_DB - mean_db).clamp(0, 1)

    def over_bins(self, values: Tensor, kernel: Tensor) -> Tensor:
        """Sums of each bin's surroundings: [batch, bins, frames] to the same."""
        reach = kernel.shape[2] // 2
        return nn.functional.conv2d(values[:, None], kernel, padding=(reach, 0))[:, 0]


def lags(level_db: Tensor) -> list[Tensor]:
    """How much it grew in the last lags, the latest first: [LAGS, batch, bins, frames] for each."""
    frames, longest = level_db.shape[2], LAGS * LAGS_FRAMES[-1]
    padded = nn.functional.pad(level_db, (longest, 0))
    grown = []
    for lag in LAGS_FRAMES:
        at = torch.stack([padded[..., longest - i * lag :][..., :frames] for i in range(LAGS + 1)])
        grown.append(at[:-1] - at[1:])
    return grown


def to_db(power: Tensor) -> Tensor:
    """With the floor of the levels."""
    return 10 * torch.log10(power + 1e-10)
