"""Auto-adaptive resonance equalizer without latency, as the graph of a filter effect.

The stages of `resonances.py`, then

    cut per bin ─ gain in dB

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

from ...plugin_core.effect_files.contract import Architecture, Control
from .bands import BANDS_PER_OCTAVE, N_BANDS
from .neighbourhood import GAP_OCTAVES
from .resonances import EDGE_OCTAVES, FLOOR_POWER, Analysis, Resonances

ANALYSIS = Analysis(
    frame_size=1536,
    hop_size=256,
    dft_size=2048,
    average_ms=500.0,
    sharpening_factor=4.0,
    strength=1.1,
    blurs=1,  # the analysis window's
)
FILTER_TAPS = 1024  # at the model's rate


class ResonanceFilter(Resonances):
    """Say how to filter what comes after a frame, all channels linked or each by itself.

    One call is one frame. Frames are taken every `hop_size` samples, Hann-windowed: the time
    constants hold for that hop only. Its control `delta` is the player's.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        """Raise ValueError below 44.1 kHz."""
        super().__init__(sample_rate_hz, ANALYSIS)

    @property
    def graph_controls(self) -> tuple[Control, ...]:
        """Without `delta`, which is the player's."""
        return tuple(control for control in self.controls if control.name != "delta")

    @property
    def architecture(self) -> Architecture:
        """What a kernel needs to know beside the module's buffers."""
        return Architecture(
            "resonances",
            network={
                "bands": N_BANDS,
                "narrow_bands": self.bands.lower_slot.numel(),
                "bins_per_band": self.bands.covered_share.shape[1],
                "reach_bands": self.neighbourhood.reach_bands,
                "sharpening_taps": self.sharpening.numel(),
                "bands_per_octave": BANDS_PER_OCTAVE,
                "hop_ms": self.hop_ms,
                "average_keep": self.average_keep,
                "floor_power": FLOOR_POWER,
                "gap_octaves": GAP_OCTAVES,
                "edge_octaves": EDGE_OCTAVES,
                "strength": self.strength,
            },
        )

    def forward(self, frame: Tensor, *controls_and_state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map `frame` [channels, frame_size], windowed, to gain_db [channels, bins] and the state.

        The controls are scalars.
        """
        given = self.by_name(controls_and_state)
        cut_db, power, resonance_db = self.cut_in_bins_db(self.dft(frame), given)
        return -cut_db, power, resonance_db
