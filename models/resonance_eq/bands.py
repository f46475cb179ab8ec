"""The 400 log-spaced bands of the resonance equalizer: from DFT bins to bands and back.

Power has one value for every place ("slot") of a spectrum, in the order of `RealDFT`; bands are
turned into bins in the order of frequency, and then into slots.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ...export.dft import RealDFT

MIN_HZ = 20.0
MAX_HZ = 20_000.0
N_BANDS = 400
BANDS_PER_OCTAVE = (N_BANDS - 1) / float(np.log2(MAX_HZ / MIN_HZ))
BAND_CENTERS_HZ: NDArray[np.float64] = np.geomspace(MIN_HZ, MAX_HZ, N_BANDS)

# 10·log10(x) = DB_PER_NEPER · ln(x) for powers.
DB_PER_NEPER = 10 / float(np.log(10))


def band_widths_hz() -> NDArray[np.float64]:
    """Width of each band between the geometric means with its neighbours."""
    half_step = 2 ** (0.5 / BANDS_PER_OCTAVE)
    return BAND_CENTERS_HZ * (half_step - 1 / half_step)


class LogBands(nn.Module):
    """DFT bins → bands in dB, and bands → bins.

    Bands narrower than a bin interpolate the dB spectrum between the two bins around their centre;
    wider ones average the power that falls between their edges.
    """

    lower_slot: Tensor
    upper_slot: Tensor
    upper_share: Tensor
    covered_slots: Tensor
    covered_share: Tensor
    lower_band: Tensor
    upper_band: Tensor
    band_share: Tensor
    bin_of_slot: Tensor

    def __init__(self, dft: RealDFT, sample_rate_hz: int) -> None:
        """Raise ValueError if the sample rate does not reach the highest band."""
        super().__init__()
        if sample_rate_hz / 2 < MAX_HZ * 2 ** (0.5 / BANDS_PER_OCTAVE):
            raise ValueError(
                f"At {sample_rate_hz} Hz the bands up to {MAX_HZ:g} Hz do not fit: "
                "use 44100 Hz or more."
            )
        bin_hz = sample_rate_hz / dft.size
        slot_of_bin = dft.slot_of_bin

        widths_hz = band_widths_hz()
        n_narrow = int(np.sum(widths_hz < bin_hz))

        position = BAND_CENTERS_HZ[:n_narrow] / bin_hz
        below = position.astype(np.int64)
        self._register_index("lower_slot", slot_of_bin[below])
        self._register_index("upper_slot", slot_of_bin[below + 1])
        self._register_share("upper_share", position - below)

        # Bin k stands for the stretch k ± ½; a band takes of it what lies between its edges.
        centers, widths = BAND_CENTERS_HZ[n_narrow:] / bin_hz, widths_hz[n_narrow:] / bin_hz
        first = np.floor(centers - widths / 2 + 0.5).astype(np.int64)
        covered = first[:, None] + np.arange(int(np.ceil(widths.max())) + 1)
        overlap = np.minimum(covered + 0.5, (centers + widths / 2)[:, None]) - np.maximum(
            covered - 0.5, (centers - widths / 2)[:, None]
        )
        share = np.clip(overlap, 0, None)
        self._register_index(
            "covered_slots", slot_of_bin[np.minimum(covered, dft.size // 2)].ravel()
        )
        self._register_share("covered_share", share / share.sum(axis=1, keepdims=True))

        # Bins outside the bands take the value of the outermost band.
        bins_hz = np.clip(np.arange(slot_of_bin.size) * bin_hz, MIN_HZ, MAX_HZ)
        place = np.log2(bins_hz / MIN_HZ) * BANDS_PER_OCTAVE
        lower = np.minimum(place.astype(np.int64), N_BANDS - 2)
        self._register_index("lower_band", lower)
        self._register_index("upper_band", lower + 1)
        self._register_share("band_share", place - lower)
        self._register_index("bin_of_slot", dft.bin_of_slot.ravel())

    def _register_index(self, name: str, values: NDArray[np.int64]) -> None:
        self.register_buffer(name, torch.from_numpy(values))

    def _register_share(self, name: str, values: NDArray[np.float64]) -> None:
        self.register_buffer(name, torch.tensor(values, dtype=torch.float32))

    def levels_db(self, power: Tensor) -> Tensor:
        """Band levels in dB [n, 400] of `power` [n, slots], which must be positive."""
        lower = torch.log(_take(power, self.lower_slot))
        upper = torch.log(_take(power, self.upper_slot))
        narrow = lower + self.upper_share * (upper - lower)
        covered = _take(power, self.covered_slots).reshape(-1, *self.covered_share.shape)
        wide = torch.log((covered * self.covered_share).sum(dim=2))
        return DB_PER_NEPER * torch.cat((narrow, wide), dim=1)

    def to_bins(self, values: Tensor) -> Tensor:
        """Band values [n, 400], interpolated over log frequency, in every bin: [n, size/2 + 1]."""
        lower = _take(values, self.lower_band)
        upper = _take(values, self.upper_band)
        return lower + self.band_share * (upper - lower)

    def in_slots(self, bins: Tensor) -> Tensor:
        """Values of the bins [n, size/2 + 1] at every place of a spectrum: [n, slots]."""
        return _take(bins, self.bin_of_slot)


def _take(values: Tensor, places: Tensor) -> Tensor:
    """Of each row of `values` [n, m] those at `places` [k]: [n, k].

    An index for each element, rather than index_select's for each column, which runtimes copy
    column by column: four times as fast.
    """
    in_each_row = torch.where(values[:, :1] > 0, places, places)  # no operator says "repeat"
    return values.gather(1, in_each_row)
