"""An automatic tone matcher: a module that draws curves.

    levels ─ bands ─ running averages ─ network: what the whole track's spectrum will be
           ─ reference less that ─ × strength ─ limited ─ as loud as before ─ bins

A plain running average follows each note at first, and an equalizer that trusts it sways. The
network has learned from recordings how far the average of so many seconds is to be trusted, band by
band: before anything is heard it expects the reference, so that nothing is changed.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ...export.curve import Curve
from .bands import BAND_CENTERS_HZ, N_BANDS, ErbBands
from .running_mean import RunningMean, activity

SAMPLE_RATE_HZ = 48_000
MAX_GAIN_DB = 12.0
CURVE = Curve(frame_samples=2048, hop_samples=1024, taps_samples=1024, max_gain_db=MAX_GAIN_DB)
FRAMES_PER_SECOND = CURVE.frames_per_second(SAMPLE_RATE_HZ)
AVERAGES_S = (0.3, 1.0, 3.0, 10.0)
MEMORY_S = 30.0  # of the average that is corrected: a live set changes slower than that
RANGE_DB = 60.0  # what is further below the loudest band counts as that
CHANNELS, KERNEL = 24, 5
TILT_FROM_HZ, TILT_TO_HZ = 100.0, 10_000.0
# Boosts fade out where a track has this much less than its loudest band: noise is left alone.
EMPTY_DB, EMPTY_WIDTH_DB = -45.0, 10.0


class SpectrumGuess(nn.Module):
    """Guess the mean spectrum of a whole track, in dB, from the powers of its bands so far.

    Convolutions over bands, alike in all of them; what one frame's layers see are averages over
    several times, the mean of the levels in dB, and how much has been heard.
    """

    reference_db: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("reference_db", torch.zeros(N_BANDS))
        self.average = RunningMean(MEMORY_S, FRAMES_PER_SECOND)
        self.shorter = nn.ModuleList(RunningMean(s, FRAMES_PER_SECOND) for s in AVERAGES_S)
        inputs = len(AVERAGES_S) + 5
        self.layers = nn.Sequential(
            nn.Conv1d(inputs, CHANNELS, KERNEL, padding=KERNEL // 2),
            nn.GELU(),
            nn.Conv1d(CHANNELS, CHANNELS, KERNEL, padding=KERNEL // 2),
            nn.GELU(),
            nn.Conv1d(CHANNELS, 2, KERNEL, padding=KERNEL // 2),
        )
        last = self.layers[-1]
        assert isinstance(last, nn.Conv1d)
        assert last.bias is not None
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        self.log_doubt_s = nn.Parameter(torch.tensor(1.0))

    def forward(self, power: Tensor) -> Tensor:
        """[batch, bands, frames] to levels in dB alike, with mean 0 over the bands."""
        return self.guess(*self.features(power))

    def features(self, power: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The running average in dB [batch, bands, frames], and what the layers hear besides it.

        That is [batch, frames, inputs, bands]; and how many seconds were heard, [batch, 1, frames].
        """
        active = activity(power)
        # A mean of decibels is that of a mean power only where all frames sound alike.
        both = torch.cat([power, 10 * torch.log10(power + 1e-10)], dim=1)
        means, heard = self.average(both, active)
        average_db = self.aligned(means[:, :N_BANDS])
        typical_db = centred(means[:, N_BANDS:])
        shorter = [self.aligned(mean(power, active)[0]) - average_db for mean in self.shorter]
        reference_db = self.reference_db[:, None].expand_as(average_db)
        seconds = heard * MEMORY_S
        time = torch.log10(seconds + 0.02).expand_as(average_db)
        inputs = [
            *shorter,
            average_db - reference_db,
            typical_db - average_db,
            10 * time,
            reference_db,
            average_db,
        ]
        return average_db, 0.1 * torch.stack(inputs, dim=2).permute(0, 3, 2, 1), seconds

    def guess(self, average_db: Tensor, inputs: Tensor, seconds: Tensor) -> Tensor:
        """The guess from `features`, of all frames or of some.

        The longer it has listened, the closer it keeps to the average: half as far from it after
        a time that is learned.
        """
        batch, frames = inputs.shape[:2]
        out = self.layers(inputs.flatten(0, 1)).unflatten(0, (batch, frames))
        distrust, more = out.permute(0, 2, 3, 1).unbind(1)  # [batch, bands, frames] each
        to_reference_db = self.reference_db[:, None] - average_db
        doubt_s = self.log_doubt_s.exp()
        doubt = doubt_s / (doubt_s + seconds)
        change_db = torch.sigmoid(distrust) * to_reference_db + 10 * more
        return centred(average_db + doubt * change_db)

    def aligned(self, power: Tensor) -> Tensor:
        """Powers in dB, of RANGE_DB at most, with mean 0 over the bands."""
        level_db = 10 * torch.log10(power + 1e-12)
        loudest_db = level_db.amax(dim=1, keepdim=True)
        return centred(torch.maximum(level_db, loudest_db - RANGE_DB))


class ToneMatch(nn.Module):
    """Levels in dB and knobs → gain in dB: tilted reference less the guess, × strength."""

    tilt: Tensor

    def __init__(self, guess: SpectrumGuess) -> None:
        super().__init__()
        self.guess = guess
        self.bands = ErbBands(CURVE.bins, SAMPLE_RATE_HZ / CURVE.transform_samples)
        octaves = torch.tensor(BAND_CENTERS_HZ / TILT_FROM_HZ).log2()
        tilt = octaves / math.log2(TILT_TO_HZ / TILT_FROM_HZ)  # 0 and 1 at those frequencies
        self.register_buffer("tilt", tilt.float()[:, None])

    def forward(self, levels_db: Tensor, strength: Tensor, tilt_db: Tensor) -> Tensor:
        """[batch, bins, frames] to the same. `tilt_db` brightens 10 kHz over 100 Hz."""
        power = self.bands.powers(10 ** (levels_db / 10))
        spectrum_db = self.guess(power)
        wanted_db = self.guess.reference_db[:, None] + tilt_db[:, :, None] * self.tilt
        change_db = strength[:, :, None] * (centred(wanted_db) - spectrum_db)
        below_db = spectrum_db - spectrum_db.amax(dim=1, keepdim=True)
        present = torch.sigmoid((below_db - EMPTY_DB) / (EMPTY_WIDTH_DB / 4))
        change_db = torch.minimum(change_db, change_db * present)
        gain_db = limited(change_db - louder_db(spectrum_db, change_db))
        return self.bands.curve(gain_db)


def louder_db(spectrum_db: Tensor, change_db: Tensor) -> Tensor:
    """By how much a change makes a sound of that spectrum louder: [batch, 1, frames].

    Of the bands' powers per ERB, which is roughly how loudness is shared among them.
    """
    before = 10 ** (spectrum_db / 10)
    after = before * 10 ** (change_db / 10)
    return 10 * torch.log10(after.sum(1, keepdim=True) / before.sum(1, keepdim=True))


def limited(gain_db: Tensor) -> Tensor:
    """Softly to ± MAX_GAIN_DB."""
    return MAX_GAIN_DB * torch.tanh(gain_db / MAX_GAIN_DB)


def centred(level_db: Tensor) -> Tensor:
    """With mean 0 over the bands: [batch, bands, frames]."""
    return level_db - level_db.mean(dim=1, keepdim=True)
