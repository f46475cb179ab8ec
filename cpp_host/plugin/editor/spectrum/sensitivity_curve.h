#pragma once

#include "plugin/parameters/parameters.h"

#include <array>

namespace tonecast::plugin {

/// Where an equalizer is to work more and where less, in dB, as its graph has it
/// (models/resonance_eq/sensitivity.py): bells over log frequency, and a tilt around 1 kHz.
struct SensitivityCurve {
    struct Bell {
        float frequency_hz;
        float gain_db;
        float octaves; // its width at half height
    };

    static constexpr float pivot_hz = 1000.0F;
    static constexpr float lowest_db = -40.0F; // to which the sum is held
    static constexpr float highest_db = 12.0F;

    float at(float frequency_hz) const;

    std::array<Bell, sensitivity_bands> bells;
    float tilt_db = 0.0F; // an octave
};

/// As the parameters stand.
SensitivityCurve sensitivity_curve(const Parameters& parameters);

/// The parameter of a bell, counted from 0: "hz", "db" or "octaves".
juce::String sensitivity_id(std::size_t bell, const char* of);

} // namespace tonecast::plugin
