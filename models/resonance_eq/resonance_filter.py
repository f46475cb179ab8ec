"""Auto-adaptive resonance equalizer without latency, as the graph of a filter effect.

The stages of `resonances.py`, then

    cut per bin ─ × strength ─ gain in dB

of which the engine makes a filter of minimum phase for the sound that comes next. A filter always
comes too late: half a frame, until a sound is in the middle of it, and a hop, until the filter is
faded in. So frame and hop are half as long as latency would allow, and what is lost at onsets is
made good elsewhere: by an average over time that remembers longer, which costs 10 to 30 ms until a
new resonance is found, and by cuts that are a tenth deeper than what they answer. Together they
take as much off music as the form in frames does, and spend no more of what is clean; chosen by
trial on every other recording (`tonecast.benchmarks.filter_effects.resonance_live` reports all).
A filter cuts as narrowly as its taps are long, so only the analysis blurs: one blur, and a larger
factor.
"""

from __future__ import annotations

from torch import Tensor

from .resonances import Analysis, Resonances

ANALYSIS = Analysis(
    frame_size=1536,
    hop_size=256,
    dft_size=2048,
    average_ms=500.0,
    sharpening_factor=4.0,
    blurs=1,  # the analysis window's
)
STRENGTH = 1.1
FILTER_TAPS = 1024  # at the model's rate


class ResonanceFilter(Resonances):
    """Say how to filter what comes after a frame, all channels alike.

    One call is one frame; `initial_state` gives the state before the first. Frames are taken every
    `hop_size` samples, Hann-windowed: the time constants hold for that hop only. Its control
    `delta` is the player's.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        """Raise ValueError below 44.1 kHz."""
        super().__init__(sample_rate_hz, ANALYSIS)

    def forward(
        self,
        frame: Tensor,
        attenuation: Tensor,
        low_hz: Tensor,
        high_hz: Tensor,
        attack_ms: Tensor,
        release_ms: Tensor,
        width_octaves: Tensor,
        power: Tensor,
        resonance_db: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Map `frame` [channels, frame_size], windowed, to gain_db [1, bins] and the next state.

        The controls are scalars.
        """
        cut_db, next_power, next_resonance_db = self.cut_in_bins_db(
            self.dft(frame),
            attenuation,
            low_hz,
            high_hz,
            attack_ms,
            release_ms,
            width_octaves,
            power,
            resonance_db,
        )
        return -STRENGTH * cut_db, next_power, next_resonance_db
