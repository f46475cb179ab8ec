#pragma once

#include <cmath>
#include <span>

namespace tonecast {

/// Beyond this (300 dB over full scale) no number is audio, and below it neither the engine's
/// arithmetic nor a power spectrum can overflow.
inline constexpr float max_finite = 1e15F;

/// False for NaN and Inf, too.
inline bool is_finite(float sample) noexcept {
    return std::fabs(sample) <= max_finite;
}

inline bool is_finite(std::span<const float> samples) noexcept {
    int nonfinite = 0; // counted rather than left early, so that the loop vectorises
    for (const float sample : samples)
        nonfinite += is_finite(sample) ? 0 : 1;
    return nonfinite == 0;
}

} // namespace tonecast
