#pragma once

#include "engine/effect_file/json.h"

/// The resonance equalizer without latency: what stands out of its spectral neighbourhood, as a
/// filter effect.
namespace tonecast::resonances {

/// The shape, as a contract's `architecture.network` has it.
struct Config {
    int bands = 0;           // spaced evenly over log frequency
    int narrow_bands = 0;    // the lowest ones, narrower than a bin
    int bins_per_band = 0;   // that a wider one may cover
    int reach_bands = 0;     // of a neighbourhood, to either side
    int sharpening_taps = 0; // over bins, odd
    float bands_per_octave = 0.0F;
    float hop_ms = 0.0F;       // for which the time constants hold
    float average_keep = 0.0F; // of the power, from frame to frame
    float floor_power = 0.0F;  // added to the weighted power
    float gap_octaves = 0.0F;  // around a band, no part of its neighbourhood
    float edge_octaves = 0.0F; // how wide the limits of the frequency range are
    float strength = 0.0F;     // cuts are this much deeper than what they answer
};

/// Throws Error, which names the field, where it is none, or is too large to be played.
Config read_config(const Json& network);

} // namespace tonecast::resonances
