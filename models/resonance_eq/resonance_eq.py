"""Auto-adaptive resonance equalizer, the signal part, as a frame graph.

The stages of `resonances.py`, then, on the spectrum in which they were found:

    cut per bin ─ gain ─ spectrum, phase kept

- **Sharpening**: the frame blurs the spectrum in which a narrow resonance is found, and once more
  the cut that is made: of 12 dB, Q 20 on white noise, a tenth of an octave would lose 8.4 dB at
  3.1 kHz but 6.2 dB at 400 Hz. Adding to the cut twice what the blur takes from it gives
  8.4 and 7.9 dB, and the factor is where the two would meet without the noise threshold.

`resonance_filter.py` plays the same cuts without latency.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ...export.dft import COLUMNS
from .bands import DB_PER_NEPER
from .resonances import Analysis, Resonances

ANALYSIS = Analysis(
    frame_size=3072,
    hop_size=1024,
    dft_size=4096,
    average_ms=400.0,
    sharpening_factor=2.0,
    strength=1.0,
    blurs=2,  # the analysis window's, and the synthesis window's
)


class ResonanceEQ(Resonances):
    """Turn down what stands out of its spectral neighbourhood.

    One call is one frame. Frames are taken every `hop_size` samples, Hann-windowed before and
    after: the time constants hold for that hop only.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        """Raise ValueError below 44.1 kHz."""
        super().__init__(sample_rate_hz, ANALYSIS)

    def forward(self, frame: Tensor, *controls_and_state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map `frame` [channels, frame_size], windowed, to as much output and the next state.

        The controls are scalars. At `delta` 1 the output is what the effect removes.
        """
        given = self.by_name(controls_and_state)
        delta = given["delta"]
        spectrum = self.dft(frame)
        cut_db, power, resonance_db = self.cut_in_bins_db(spectrum, given)
        removed = self.dft.inverse(spectrum * self.removed_share(cut_db))
        # Subtracting, rather than filtering, gives the frame back bit for bit where nothing is cut.
        frame_out = (1 - delta) * frame + (2 * delta - 1) * removed
        return frame_out, power, resonance_db

    def removed_share(self, cut_db: Tensor) -> Tensor:
        """What is lost of the amplitude, from cuts [n, bins] in dB: [n, rows, 1, 64]."""
        share = 1 - torch.exp(cut_db / (-2 * DB_PER_NEPER))
        return self.bands.in_slots(share).reshape(-1, self.dft.half_rows, 1, COLUMNS)
