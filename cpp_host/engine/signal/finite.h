#pragma once

#include <cmath>
#include <span>

namespace tonecast {

/// Beyond this (300 dB over full scale) no number is audio, and below it neither the engine's
/// arithmetic nor a power spectrum can overflow.
inline constexpr float loudest_sane = 1e15F;

/// False for NaN and Inf, too.
inline bool is_sane(float sample) noexcept {
    return std::fabs(sample) <= loudest_sane;
}

inline bool is_sane(std::span<const float> samples) noexcept {
    int insane = 0; // counted rather than left early, so that the loop vectorises
    for (const float sample : samples)
        insane += is_sane(sample) ? 0 : 1;
    return insane == 0;
}

} // namespace tonecast
