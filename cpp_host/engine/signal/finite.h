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

/// Samples that were played as silence.
struct SilencedSamples {
    int nonfinite = 0; // NaN or Inf
    int excessive = 0; // numbers, but no audio

    SilencedSamples& operator+=(const SilencedSamples& more) noexcept {
        nonfinite += more.nonfinite;
        excessive += more.excessive;
        return *this;
    }
};

/// Copies n samples, silence in the place of what is no audio.
inline SilencedSamples copy_finite(const float* in, float* out, int n) noexcept {
    SilencedSamples silenced;
    for (int i = 0; i < n; ++i) {
        const bool finite = is_finite(in[i]);
        silenced.excessive += !finite && std::isfinite(in[i]) ? 1 : 0;
        silenced.nonfinite += std::isfinite(in[i]) ? 0 : 1;
        out[i] = finite ? in[i] : 0.0F;
    }
    return silenced;
}

} // namespace tonecast
