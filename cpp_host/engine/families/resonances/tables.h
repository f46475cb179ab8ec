#pragma once

#include "engine/effect_file/effect_file.h"
#include "engine/families/resonances/config.h"

#include <cstdint>
#include <vector>

namespace tonecast::resonances {

/// What does not depend on controls, as the PyTorch modules in models/resonance_eq/ have it; of
/// spectra bin by bin. Every index is within what it is an index of.
struct Tables {
    using Indices = std::vector<std::int32_t>;

    std::vector<float> loudness_weight; // [bins], of the power

    // A narrow band's level is interpolated between those of two bins.
    Indices lower_bin;              // [narrow bands]
    Indices upper_bin;              // [narrow bands]
    std::vector<float> upper_share; // [narrow bands]
    // A wide one's is the mean power of those that it covers.
    Indices covered_bin;              // [wide bands, bins per band]
    std::vector<float> covered_share; // [wide bands, bins per band]
    // A bin's value is interpolated between those of two bands.
    Indices lower_band;            // [bins]
    Indices upper_band;            // [bins]
    std::vector<float> band_share; // [bins], of the upper one

    std::vector<float> noise_scatter_db; // [bands], what steady noise shows
    std::vector<float> band_octave;      // [bands], of its centre in Hz
    std::vector<float> pivot_octave;     // [bands], of its centre above the tilt's pivot
    std::vector<float> sharpening;       // [sharpening taps]
};

/// Control thread. Reads the graph's initializers by name. Throws Error where one is missing or has
/// another shape or an index out of range, or the contract's sizes are none that they can be of.
Tables read_tables(const EffectFile& file, const Config& config);

} // namespace tonecast::resonances
